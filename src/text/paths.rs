//! Paths as texts: files refer to one another by paths that lead from their own folder.

/// The folder part of a path, empty for none.
pub(crate) fn folder_of(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) => "/",
        Some((folder, _)) => folder,
        None => "",
    }
}

/// A path relative to a folder, with `.` and `..` resolved in the text.
pub(crate) fn join(folder: &str, path: &str) -> String {
    let absolute = path.starts_with('/') || folder.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    let base = if path.starts_with('/') { "" } else { folder };
    for part in base.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if absolute => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    if absolute { format!("/{joined}") } else { joined }
}

/// Whether a path is that of a folder or lies below it, both as seen from the same place; empty for that place itself.
pub(crate) fn is_in(path: &str, folder: &str) -> bool {
    below(path, folder).is_some()
}

/// What leads from a folder to a path that is it or lies below it, both as seen from the same place.
pub(crate) fn below<'p>(path: &'p str, folder: &str) -> Option<&'p str> {
    let plain = |path: &'p str| path.strip_prefix("./").unwrap_or(path);
    let folder = folder.strip_prefix("./").unwrap_or(folder);
    let (path, folder) = (plain(path), if folder == "/" { folder } else { folder.trim_end_matches('/') });
    match folder {
        // What is whole or leads upward is not below where the program runs.
        "" | "." => (!path.starts_with('/') && path != ".." && !path.starts_with("../")).then_some(path),
        "/" => path.strip_prefix('/'),
        folder => {
            let rest = path.strip_prefix(folder)?;
            // Above the place itself no name says what lies where.
            let rest = if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') };
            rest.filter(|rest| *rest != ".." && !rest.starts_with("../"))
        }
    }
}

/// The path that leads from a folder to a file, both as seen from the same place; none where names alone do not say it.
pub(crate) fn leading(folder: &str, path: &str) -> Option<String> {
    if folder.starts_with('/') != path.starts_with('/') {
        return None;
    }
    let parts = |path: &str| -> Vec<String> {
        path.split('/').filter(|part| !part.is_empty() && *part != ".").map(str::to_owned).collect()
    };
    let (from, to) = (parts(folder), parts(path));
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = &from[common..];
    if up.iter().any(|part| part == "..") {
        return None;
    }
    let steps = up.iter().map(|_| "..").chain(to[common..].iter().map(String::as_str));
    Some(steps.collect::<Vec<_>>().join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined_in_the_text() {
        assert_eq!(join("deploy/overlays/prod", "../../base"), "deploy/base");
        assert_eq!(join("", "./web.yaml"), "web.yaml");
        assert_eq!(join("/srv/app", "../other"), "/srv/other");
        assert_eq!(join("/srv", "../../../etc"), "/etc");
        assert_eq!(join("..", "../x"), "../../x");
        assert_eq!(folder_of("a/b.yaml"), "a");
        assert_eq!(folder_of("b.yaml"), "");
        assert_eq!(folder_of("/b.yaml"), "/");
    }

    #[test]
    fn what_lies_below_a_folder_is_seen_from_it() {
        assert_eq!(below("team/a/web.yaml", "team/a"), Some("web.yaml"));
        assert_eq!(below("./team/a/web.yaml", "./team/"), Some("a/web.yaml"));
        assert_eq!((below("team/ab/web.yaml", "team/a"), below("a", "a")), (None, Some("")));
        assert_eq!((below("./web.yaml", ""), below("../x", "."), below("/x", "")), (Some("web.yaml"), None, None));
        assert_eq!((below("../x/y", "../x"), below("../../x", ".."), below("/x", "/")), (Some("y"), None, Some("x")));
    }

    #[test]
    fn what_leads_from_a_folder_to_a_file() {
        let leads = |folder: &str, path: &str| leading(folder, path).unwrap_or_default();
        assert_eq!(leads("notes", "kubeworthy.yaml"), "../kubeworthy.yaml");
        assert_eq!(leads("", "../kubeworthy.yaml"), "../kubeworthy.yaml");
        assert_eq!(leads("a/b", "a/kubeworthy.yaml"), "../kubeworthy.yaml");
        assert_eq!(leads("../a", "../k.yaml"), "../k.yaml");
        assert_eq!(leads("a", "../k.yaml"), "../../k.yaml");
        assert_eq!(leads("/srv/a", "/srv/k.yaml"), "../k.yaml");
        assert_eq!((leading("..", "k.yaml"), leading("/srv", "k.yaml")), (None, None));
    }
}
