//! The frame of every page: its head, its style and its script, and the policy that lets nothing else in.

use base64::Engine as _;
use sha2::{Digest as _, Sha256};

use super::markup::Markup;
use crate::report::Layout;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// A page of its own: one file that asks for nothing, and that a browser shows without running anything. Where it has
/// tables that sort themselves, it brings the script for that.
#[must_use]
pub(crate) fn page(title: &str, body: &Markup, sorts: bool, layout: Layout) -> String {
    let script = if sorts { format!(" script-src 'sha256-{}';", digest(SCRIPT)) } else { String::new() };
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}';{script} img-src data:; base-uri 'none'; form-action 'none'",
        digest(STYLE)
    );
    let mut page = Markup::new();
    page.fixed("<!DOCTYPE html>\n");
    page.element("html", &[("lang", layout.voice.language().tag())], |html| {
        html.element("head", &[], |head| {
            head.void("meta", &[("charset", "utf-8")]);
            head.void("meta", &[("http-equiv", "Content-Security-Policy"), ("content", &policy)]);
            head.void("meta", &[("name", "viewport"), ("content", "width=device-width, initial-scale=1")]);
            head.void("meta", &[("name", "color-scheme"), ("content", "light dark")]);
            head.void("meta", &[("name", "referrer"), ("content", "no-referrer")]);
            head.void("meta", &[("name", "generator"), ("content", concat!("kubeworthy ", env!("CARGO_PKG_VERSION")))]);
            head.leaf("title", &[], title);
            // Without it a browser would ask the server for an icon.
            head.fixed("<link rel=\"icon\" href=\"data:,\">");
            head.element("style", &[], |style| style.fixed(STYLE));
        });
        html.element("body", &[], |inside| {
            inside.leaf("a", &[("class", "skip"), ("href", "#main")], &layout.voice.words("Skip to the content"));
            inside.add(body);
            if sorts {
                inside.element("script", &[], |script| script.fixed(SCRIPT));
            }
        });
    });
    page.fixed("\n");
    page.finish()
}

/// The digest of an inline text as a content security policy names it.
fn digest(text: &str) -> String {
    base64::engine::general_purpose::STANDARD.encode(Sha256::digest(text))
}
