//! One page of a list: items are handed over one by one and never held together.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};
use serde_json::value::RawValue;

/// What stands behind the items of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageEnd {
    /// How many items the page held.
    pub items: usize,
    /// What to ask the next page with; none at the end of the list.
    pub continue_token: Option<String>,
    /// How many items are said to come behind this page.
    pub remaining: Option<u64>,
}

/// Why a page could not be taken. Nothing of it was, so that it can be asked for again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// It is cut off or not JSON at all.
    #[error("the answer is not valid JSON from line {line}, column {column} on; it may have been cut off")]
    NotJson {
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1.
        column: usize,
    },
    /// It is no text.
    #[error("the answer is not valid UTF-8")]
    NotText,
    /// It is JSON, and no list.
    #[error("the answer is no list of objects")]
    NotAList,
}

#[derive(Deserialize, Default)]
struct ListMetadata {
    #[serde(rename = "continue", default)]
    continue_token: Option<String>,
    #[serde(rename = "remainingItemCount", default)]
    remaining: Option<u64>,
}

/// Reads a page, and hands each item to a function. The page is looked through before the first item is handed over, so
/// that half a page gives none.
pub(super) fn read(body: &[u8], mut each: impl FnMut(&str)) -> Result<PageEnd, PageError> {
    let text = std::str::from_utf8(body).map_err(|_| PageError::NotText)?;
    walk(text, &mut |_| {})?;
    walk(text, &mut each)
}

fn walk(text: &str, each: &mut dyn FnMut(&str)) -> Result<PageEnd, PageError> {
    let not_json = |error: serde_json::Error| PageError::NotJson { line: error.line(), column: error.column() };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let page = Page { each }.deserialize(&mut deserializer).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => PageError::NotAList,
        _ => not_json(error),
    })?;
    deserializer.end().map_err(not_json)?;
    page.ok_or(PageError::NotAList)
}

struct Page<'f> {
    each: &'f mut dyn FnMut(&str),
}

impl<'de> DeserializeSeed<'de> for Page<'_> {
    type Value = Option<PageEnd>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Page<'_> {
    type Value = Option<PageEnd>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of objects")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut end = PageEnd::default();
        let mut is_list = false;
        while let Some(key) = map.next_key::<Cow<'_, str>>()? {
            match &*key {
                "kind" => {
                    let kind = map.next_value::<Option<Cow<'_, str>>>()?.unwrap_or_default();
                    is_list |= kind.ends_with("List");
                }
                "metadata" => {
                    let metadata = map.next_value::<Option<ListMetadata>>()?.unwrap_or_default();
                    end.continue_token = metadata.continue_token.filter(|token| !token.is_empty());
                    end.remaining = metadata.remaining;
                }
                "items" => {
                    is_list = true;
                    end.items = map.next_value_seed(Items { each: &mut *self.each })?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(is_list.then_some(end))
    }
}

struct Items<'f> {
    each: &'f mut dyn FnMut(&str),
}

impl<'de> DeserializeSeed<'de> for Items<'_> {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Items<'_> {
    type Value = usize;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the items of a list")
    }

    /// An empty list may be written as nothing.
    fn visit_unit<E: de::Error>(self) -> Result<usize, E> {
        Ok(0)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<usize, A::Error> {
        let mut count = 0;
        while let Some(item) = items.next_element::<&RawValue>()? {
            (self.each)(item.get());
            count += 1;
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_gives_its_items_and_what_comes_next() {
        let mut seen = Vec::new();
        let body = br#"{"kind":"PodList","metadata":{"resourceVersion":"1","continue":"abc","remainingItemCount":7},"items":[{"a":1}, 2]}"#;
        let end = read(body, |item| seen.push(item.to_owned())).expect("a page");
        assert_eq!(end, PageEnd { items: 2, continue_token: Some("abc".to_owned()), remaining: Some(7) });
        assert_eq!(seen, [r#"{"a":1}"#, "2"]);
        let empty = read(br#"{"kind":"PodList","metadata":{"continue":""},"items":null}"#, |_| {}).expect("a page");
        assert_eq!(empty, PageEnd::default());
    }

    #[test]
    fn half_a_page_gives_nothing() {
        let mut seen = 0;
        let broken = read(br#"{"kind":"PodList","items":[{"a":1},{"b""#, |_| seen += 1);
        assert!(matches!(broken, Err(PageError::NotJson { line: 1, .. })), "{broken:?}");
        assert_eq!(seen, 0);
        assert_eq!(read(b"\xff", |_| {}), Err(PageError::NotText));
        assert_eq!(read(br#"{"kind":"Status","code":403}"#, |_| {}), Err(PageError::NotAList));
        assert_eq!(read(br#"{"items":5}"#, |_| {}), Err(PageError::NotAList));
        assert_eq!(read(b"[]", |_| {}), Err(PageError::NotAList));
        assert!(matches!(read(b"", |_| {}), Err(PageError::NotJson { .. })));
    }
}
