//! What a comment stands above: the key with its value, the item of a list, or the whole document that comes next.

use super::{Kind, NodeId, Tree};
use crate::text::Span;

/// What stands below a place between lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Below {
    /// Its bytes, from the key or the item's first node to the end of the value.
    pub span: Span,
    /// The value.
    pub node: NodeId,
}

impl Tree {
    /// What begins first behind a byte at which no node stands: the document as a whole where none of it stands before;
    /// an item of a list where its line begins with a dash; else a key with its value. None where nothing follows.
    #[must_use]
    pub fn below(&self, byte: u32) -> Option<Below> {
        let at = self.entries.iter().position(|entry| entry.span.start >= byte)?;
        if at == 0 {
            return Some(self.subtree(0, 0));
        }
        let (start, kind) = (self.entries[at].span.start as usize, self.entries[at].kind);
        let line = self.text.get(..start)?.rfind(['\n', '\r']).map_or(0, |end| end + 1);
        let indent = self.text.get(line..)?.find(|c| c != ' ').map_or(start, |indent| line + indent);
        let first = |from: usize| self.text.as_bytes().get(from).copied();
        if first(indent) == Some(b'-') && matches!(first(indent + 1), None | Some(b' ' | b'\t' | b'\n' | b'\r')) {
            // The list itself begins with its first item; what is an item already is a list in a list.
            let is_list = kind == Kind::Sequence && first(start) != Some(b'[');
            let item = if is_list && (start == indent || !self.is_item(at as u32)) { at + 1 } else { at };
            return (item < self.entries.len()).then(|| self.subtree(item, item));
        }
        let is_block = kind == Kind::Mapping && first(start) != Some(b'{');
        let key = if is_block { at + 1 } else { at };
        match self.value_of(key as u32) {
            Some(value) => Some(self.subtree(key, value as usize)),
            None => Some(self.subtree(at, at)),
        }
    }

    /// The first value that is written within some bytes: of a key its value, of a list its item.
    #[must_use]
    pub fn first_within(&self, span: Span) -> Option<NodeId> {
        let within = |at: &usize| (span.start..span.end).contains(&self.entries[*at].span.start);
        let at = (0..self.entries.len()).find(within)?;
        let is_block = self.entries[at].kind == Kind::Mapping && at + 1 < self.entries.len();
        let key = if is_block { at + 1 } else { at };
        Some(NodeId(self.value_of(key as u32).unwrap_or(at as u32)))
    }

    /// The bytes from one node to the end of another one's subtree.
    fn subtree(&self, from: usize, value: usize) -> Below {
        let (first, entry) = (&self.entries[from], &self.entries[value]);
        let last = self.entries[value..entry.next as usize].iter().map(|entry| entry.span.end).max();
        // Block scalars end where the next line begins.
        let next = self.entries.get(entry.next as usize).map_or(u32::MAX, |next| next.span.start);
        let start = first.span.start;
        let span = Span { start, end: last.unwrap_or(entry.span.end).min(next).max(start) };
        Below { span, node: NodeId(value as u32) }
    }

    /// Whether a node is an item of a list.
    fn is_item(&self, node: u32) -> bool {
        let mut at = 0;
        while let Some(step) = self.step_towards(at, node) {
            if step.child == node {
                return self.entries[at as usize].kind == Kind::Sequence;
            }
            at = step.child;
        }
        false
    }

    /// The value of a key; none for a node that is no key.
    fn value_of(&self, key: u32) -> Option<u32> {
        let mut at = 0;
        while at < key {
            let step = self.step_towards(at, key)?;
            if step.child == key {
                let is_key = self.entries[at as usize].kind == Kind::Mapping && step.index.is_multiple_of(2);
                return is_key.then(|| self.entries[key as usize].next);
            }
            at = step.child;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::limits::Limits;
    use crate::text::SourceId;
    use crate::yaml::parse_documents;

    /// What stands below each comment of a text, in order.
    fn below(text: &str) -> Vec<String> {
        let text: Arc<str> = Arc::from(text);
        let documents = parse_documents(SourceId(0), &text, &Limits::DEFAULT);
        let tree = documents[0].as_ref().expect("a tree");
        let found = tree.comments.iter().map(|comment| {
            tree.below(comment.end).map_or("nothing".to_owned(), |below| {
                text[below.span.start as usize..below.span.end as usize].to_owned()
            })
        });
        found.map(|found| found.trim_end().to_owned()).collect()
    }

    #[test]
    fn a_comment_stands_above_a_key_an_item_or_the_document() {
        assert_eq!(below("# a\nkind: Pod\nspec:\n  x: 1\n"), ["kind: Pod\nspec:\n  x: 1"], "the document");
        assert_eq!(below("kind: Pod\n# a\nspec:\n  x: 1\n  y: 2\nz: 3\n"), ["spec:\n  x: 1\n  y: 2"]);
        assert_eq!(below("spec:\n  # a\n  x: 1\n  y: 2\n"), ["x: 1"], "the first key of a mapping alone");
        assert_eq!(below("l:\n  # a\n  - n: 1\n    m: 2\n  # b\n  - n: 3\n"), ["n: 1\n    m: 2", "n: 3"]);
        assert_eq!(below("l:\n# a\n- n: 1\n# b\n-\n  n: 3\nm: 1\n"), ["n: 1", "n: 3"]);
        assert_eq!(below("l:\n# a\n- - 1\n  - 2\n# b\n- - 3\n  - 4\n"), ["- 1\n  - 2", "- 3\n  - 4"], "the outer item");
        assert_eq!(below("l:\n  - n: 1\n    # a\n    m: 2\n"), ["m: 2"], "a key inside of an item");
        assert_eq!(below("m:\n  # a\n  {a: 1, b: 2}\nn: 1\n"), ["{a: 1, b: 2"], "all that it holds");
        assert_eq!(below("k:\n  # a\n  word\nn: 1\n"), ["word"]);
        assert_eq!(below("a: 1\n# a\n"), ["nothing"]);
        assert_eq!(below("a: 1\n# a\nb: |\n  text\n  more\nc: 2\n"), ["b: |\n  text\n  more"]);
        assert_eq!(below("a: &x {b: 1}\n# a\nc: *x\nd: 1\n"), ["c: *x"]);
        assert_eq!(below("a: 1\n# a\nb:\nc: 2\n"), ["b:"]);
        assert_eq!(below("é: 1\r\n# a\r\n# b\r\n\r\nb: 2\r\nc: 2\r\n"), ["b: 2", "b: 2"]);
    }
}
