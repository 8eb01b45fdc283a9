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
}
