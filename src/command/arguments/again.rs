//! The command line that assesses the same again, for reports and decision records.

use std::path::PathBuf;

use super::Subject;

impl Subject {
    /// What has to stand on a command line to assess the same again, so that the same numbers come out. Values that may be
    /// secrets are left out: those of Helm, and how one signs in to a cluster.
    #[must_use]
    pub fn again(&self) -> Vec<String> {
        let text = |path: &PathBuf| path.to_string_lossy().into_owned();
        let rules: Vec<String> = self.rules.iter().map(text).collect();
        let kubeconfig: Vec<String> = self.cluster.kubeconfig.iter().map(text).collect();
        let (compose, stating, cluster, rendering) = (&self.compose, &self.stating, &self.cluster, &self.rendering);
        let given: [(&str, &[String]); 14] = [
            ("-f", &compose.file),
            ("--profile", &compose.profile),
            ("--env-file", &compose.env_file),
            ("--config", &stating.config),
            ("--set", &stating.set),
            ("--overlay", &self.overlay),
            ("--rules", &rules),
            ("--values", &rendering.values),
            ("--release", rendering.release.as_slice()),
            ("--release-namespace", rendering.release_namespace.as_slice()),
            ("--kubeconfig", &kubeconfig),
            ("--context", &cluster.context),
            ("-n", &cluster.namespace),
            ("-l", cluster.selector.as_slice()),
        ];
        let switches = [
            ("--no-config", stating.no_config),
            ("--no-ignores", self.no_ignores),
            ("--render", rendering.render),
            ("--live", self.live),
            ("-A", self.cluster.all_namespaces),
        ];
        let mut words: Vec<String> = self.paths.iter().map(text).collect();
        if words.is_empty() && compose.file.is_empty() && !self.live {
            words.push(".".to_owned());
        }
        for (flag, values) in given {
            words.extend(values.iter().flat_map(|value| [flag.to_owned(), value.clone()]));
        }
        words.extend(self.limits_again());
        words.extend(switches.into_iter().filter(|(_, given)| *given).map(|(flag, _)| flag.to_owned()));
        words
    }

    /// The limits that are not those by default.
    fn limits_again(&self) -> Vec<String> {
        let limits = &self.reading;
        let mut given = vec![
            ("max-file-size", limits.max_file_size),
            ("max-total-size", limits.max_total_size),
            ("max-documents", limits.max_documents as u64),
            ("max-nodes", limits.max_nodes as u64),
            ("max-depth", u64::from(limits.max_depth)),
            ("max-aliased-nodes", limits.max_aliased_nodes),
        ];
        let defaults = crate::limits::Limits::DEFAULT;
        let by_default = [
            defaults.file_bytes,
            defaults.total_bytes,
            defaults.documents as u64,
            defaults.nodes as u64,
            defaults.depth as u64,
            defaults.aliased_nodes,
        ];
        let mut by_default = by_default.into_iter();
        given.retain(|(_, value)| by_default.next() != Some(*value));
        given.into_iter().flat_map(|(flag, value)| [format!("--{flag}"), value.to_string()]).collect()
    }
}
