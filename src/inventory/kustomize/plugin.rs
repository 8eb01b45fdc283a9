//! Generators and transformers that are written as objects of their own: those that kustomize has built in.

use super::fields::{self, Configuration, FieldSpec};
use super::patch::{self, Complaint};
use super::resource::Resource;
use super::{generate, replace, transform};
use crate::text::SourceId;
use crate::yaml::Node;

/// Applies a plugin; false where it is none that is built in, or needs more than is at hand.
pub(super) fn apply<'t>(
    plugin: Node<'t>,
    list: &str,
    source: SourceId,
    resources: &mut Vec<Resource<'t>>,
    configuration: &Configuration,
    left: &mut usize,
    complaints: &mut Vec<Complaint>,
) -> bool {
    let text = |key: &str| plugin.get(key).and_then(|value| value.string()).unwrap_or_default();
    if text("apiVersion") != "builtin" || list == "validators" {
        return false;
    }
    let own: Vec<FieldSpec> =
        plugin.get("fieldSpecs").into_iter().flat_map(|list| list.items()).filter_map(FieldSpec::read).collect();
    match (list, text("kind")) {
        ("transformers", "LabelTransformer") => {
            if let Some(labels) = plugin.get("labels") {
                let own = if own.is_empty() { fields::own_labels() } else { &own };
                transform::pairs(resources, labels, &[own]);
            }
        }
        ("transformers", "AnnotationsTransformer") => {
            if let Some(annotations) = plugin.get("annotations") {
                let own = if own.is_empty() { fields::annotations() } else { &own };
                transform::pairs(resources, annotations, &[own]);
            }
        }
        ("transformers", "NamespaceTransformer") => {
            if let Some(namespace) = plugin.at(&["metadata", "namespace"]) {
                transform::namespace(resources, namespace, configuration);
            }
        }
        ("transformers", "PrefixTransformer" | "SuffixTransformer" | "PrefixSuffixTransformer") => {
            transform::rename(resources, text("prefix"), text("suffix"));
        }
        ("transformers", "ReplicaCountTransformer") => {
            if let Some(replica) = plugin.get("replica") {
                transform::replicas(resources, replica, configuration);
            }
        }
        ("transformers", "ImageTagTransformer") => {
            if let Some(image) = plugin.get("imageTag") {
                transform::images(resources, image, configuration);
            }
        }
        ("transformers", "ReplacementTransformer") => {
            for entry in plugin.get("replacements").into_iter().flat_map(|list| list.items()) {
                replace::replacement(resources, entry, left, complaints);
            }
        }
        // A patch in a text inside a text, or in a file of its own, is not looked for.
        ("transformers", "PatchTransformer") if plugin.get("patch").is_some_and(|patch| patch.is_mapping()) => {
            if let Some(patch) = plugin.get("patch") {
                patch::apply(resources, &[patch], plugin.get("target"), patch.place(), left, complaints);
            }
        }
        ("generators", "ConfigMapGenerator" | "SecretGenerator") => {
            let kind = if text("kind") == "SecretGenerator" { "Secret" } else { "ConfigMap" };
            // Its name stands in its metadata.
            if let Some(metadata) = plugin.get("metadata") {
                generate::generate(resources, kind, metadata, source);
            }
        }
        _ => return false,
    }
    true
}
