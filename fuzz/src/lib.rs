//! What the fuzz targets share: the kit, an archive of files in one text, and what must hold for every tree.

use std::sync::{Arc, OnceLock};

use kubeworthy::limits::Limits;
use kubeworthy::source::Collected;
use kubeworthy::text::{SourceFile, SourceId};
use kubeworthy::yaml::{Dialect, ParsedDocument, Tree, parse_documents};
use kubeworthy::{Kit, OwnFiles};

/// The kit that ships with the program, loaded once.
pub fn kit() -> &'static Kit {
    static KIT: OnceLock<Kit> = OnceLock::new();
    KIT.get_or_init(|| Kit::load(&OwnFiles::default()).expect("the built-in data"))
}

/// Several files in one text: a line `-- name --` begins a file. What stands before the first is `input.yaml`.
pub fn archive(text: &str) -> Vec<SourceFile> {
    let mut files: Vec<(String, String)> = vec![("input.yaml".to_owned(), String::new())];
    for line in text.split_inclusive('\n') {
        let name = line.trim_end().strip_prefix("-- ").and_then(|rest| rest.strip_suffix(" --"));
        match (name, files.last_mut()) {
            (Some(name), _) => files.push((name.to_owned(), String::new())),
            (None, Some((_, text))) => text.push_str(line),
            (None, None) => {}
        }
    }
    files.retain(|(_, text)| !text.is_empty());
    // Reading gives each name once, in order.
    files.sort();
    files.dedup_by(|a, b| a.0 == b.0);
    files.into_iter().map(|(name, text)| SourceFile::new(name, text)).collect()
}

/// The files as if they had been read.
pub fn collected(files: Vec<SourceFile>) -> Collected {
    Collected { files, ..Collected::default() }
}

/// The documents of a text.
pub fn parse(text: &str) -> Vec<ParsedDocument> {
    parse_documents(SourceId(0), &Arc::from(text), &Limits::DEFAULT)
}

/// Looks at everything that can be asked of a tree: spans lie in the text and on characters, paths end.
pub fn look_at(tree: &Tree, text: &str) {
    let Some(root) = tree.root() else { return };
    let inside = |span: kubeworthy::text::Span| {
        assert!(text.get(span.start as usize..span.end as usize).is_some(), "{span:?} of {} bytes", text.len());
    };
    inside(tree.span);
    tree.comments.iter().for_each(|span| inside(*span));
    for (index, node) in root.descendants().enumerate() {
        inside(node.span());
        assert!(node.is_mapping() || node.is_sequence() || node.text().is_some());
        // Paths are looked for from the root, so that asking for all of them takes the square of the nodes.
        if index < 64 {
            inside(tree.pointing_span(node.id()));
            let _ = tree.path(node.id());
            let _ = (node.scalar(Dialect::Kubernetes), node.scalar(Dialect::Compose), node.integer(), node.boolean());
            let _ = (node.entries().len(), node.items().count(), node.get("name").map(|name| name.id()), node.tag());
        }
    }
}
