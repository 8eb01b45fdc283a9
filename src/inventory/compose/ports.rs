//! Published ports: the short form, and which entries publish the same port.

use std::collections::BTreeMap;

use super::value::Value;

/// The key under which the last port of a range is kept: ranges stay whole, however wide they are.
pub(super) const LAST_TARGET: &str = "last_target";

/// Writes out `[[IP:][published]:]target[/protocol]`, with ranges.
pub(super) fn canonical(value: Value) -> Value {
    let place = value.place;
    let Some(text) = value.text().map(str::to_owned) else { return value };
    let parts: Vec<&str> = text.split(':').collect();
    let target = parts.last().copied().unwrap_or_default();
    let (host, published) = match parts.len() {
        0 | 1 => (String::new(), ""),
        2 => (String::new(), parts[0]),
        length => (parts[..length - 2].join(":"), parts[length - 2]),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let (target, protocol) = target.split_once('/').unwrap_or((target, "tcp"));
    let (first, last) = target.split_once('-').unwrap_or((target, target));
    let (first, last) = (plain_number(first), plain_number(last));
    let published = match published.split_once('-') {
        Some((from, to)) => format!("{}-{}", plain_number(from), plain_number(to)),
        None => plain_number(published),
    };
    let mut entries = vec![
        ("mode", Value::string(place, "ingress")),
        ("protocol", Value::string(place, protocol.trim().to_ascii_lowercase())),
    ];
    if !published.is_empty() {
        entries.push(("published", Value::string(place, published)));
    }
    if !host.is_empty() {
        entries.push(("host_ip", Value::string(place, host)));
    }
    if last != first {
        entries.push((LAST_TARGET, Value::plain(place, last)));
    }
    entries.push(("target", Value::plain(place, first)));
    Value::map(place, entries)
}

/// A number without zeros before it; anything else as it is.
fn plain_number(text: &str) -> String {
    let text = text.trim();
    text.parse::<u32>().map_or_else(|_| text.to_owned(), |number| number.to_string())
}

/// What tells one published port of a service from another, and the ports of the container that it is about.
fn identity(port: &Value) -> Option<(String, u32, u32)> {
    if !port.is_map() {
        return None;
    }
    let text = |key: &str, default: &'static str| port.get(key).and_then(Value::text).unwrap_or(default);
    let number =
        |key: &str| port.get(key).and_then(Value::text).and_then(|text| text.parse::<u16>().ok()).map(u32::from);
    let first = number("target")?;
    let last = number(LAST_TARGET).unwrap_or(first);
    let published = text("published", "");
    let start = published.split_once('-').filter(|_| last > first).map_or(published, |(start, _)| start);
    // Ports that are published as many numbers higher are the same wherever they stand in a range.
    let published = match start.parse::<i64>() {
        Ok(start) => format!("+{}", start - i64::from(first)),
        Err(_) => published.to_owned(),
    };
    let host = text("host_ip", "0.0.0.0");
    Some((format!("{host} {published}/{}", text("protocol", "tcp")), first, last.max(first)))
}

/// Keeps each published port once: that of the last entry which has it, so that ranges lose the ports that later
/// entries have too.
pub(super) fn keep_each_once(ports: &mut Vec<Value>) {
    // For each identity, the ranges of ports that later entries have: their first and last ports.
    let mut taken: BTreeMap<String, BTreeMap<u32, u32>> = BTreeMap::new();
    let mut kept: Vec<Value> = Vec::with_capacity(ports.len());
    for port in ports.drain(..).rev() {
        let Some((key, first, last)) = identity(&port) else {
            kept.push(port);
            continue;
        };
        let taken = taken.entry(key).or_default();
        let free = free_ranges(taken, first, last);
        if free.as_slice() == [(first, last)] {
            kept.push(port);
        } else {
            kept.extend(free.into_iter().rev().map(|(from, to)| part(&port, first, from, to)));
        }
        take(taken, first, last);
    }
    kept.reverse();
    *ports = kept;
}

/// What is left of a range once what is taken is gone.
fn free_ranges(taken: &BTreeMap<u32, u32>, first: u32, last: u32) -> Vec<(u32, u32)> {
    let mut free = Vec::new();
    let mut from = first;
    let before = taken.range(..=first).next_back();
    let after = taken.range(first + 1..).take_while(|(start, _)| **start <= last);
    for (start, end) in before.into_iter().chain(after) {
        if *start > from {
            free.push((from, start - 1));
        }
        from = from.max(end + 1);
    }
    if from <= last {
        free.push((from, last));
    }
    free
}

/// Adds a range to those that are taken, joined with those that it touches.
fn take(taken: &mut BTreeMap<u32, u32>, first: u32, last: u32) {
    let (mut from, mut to) = (first, last);
    let touching = taken.range(..=last).rev().take_while(|(_, end)| **end >= first).map(|(start, end)| (*start, *end));
    for (start, end) in touching.collect::<Vec<_>>() {
        taken.remove(&start);
        from = from.min(start);
        to = to.max(end);
    }
    taken.insert(from, to);
}

/// The part of a range of ports.
fn part(port: &Value, first: u32, from: u32, to: u32) -> Value {
    let mut part = port.clone();
    let place = port.place;
    part.set("target", Value::plain(place, from.to_string()));
    part.remove(LAST_TARGET);
    if to > from {
        part.set(LAST_TARGET, Value::plain(place, to.to_string()));
    }
    let published = port.get("published").and_then(Value::text).unwrap_or_default();
    let start = published.split_once('-').map_or(published, |(start, _)| start).parse::<u32>().ok();
    if let Some(start) = start {
        let moved = |target: u32| u64::from(start) + u64::from(target - first);
        let published = if to > from { format!("{}-{}", moved(from), moved(to)) } else { moved(from).to_string() };
        part.set("published", Value::string(place, published));
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::{DocumentId, NodeId, Place};

    const NOWHERE: Place = Place { document: DocumentId(0), node: NodeId(0) };

    fn kept(ports: &[&str]) -> Vec<String> {
        let mut ports = ports.iter().map(|port| canonical(Value::string(NOWHERE, *port))).collect();
        keep_each_once(&mut ports);
        let text = |port: &Value, key: &str| port.get(key).and_then(Value::text).unwrap_or_default().to_owned();
        ports
            .iter()
            .map(|port| format!("{}>{}-{}", text(port, "published"), text(port, "target"), text(port, LAST_TARGET)))
            .collect()
    }

    #[test]
    fn each_published_port_stands_once() {
        assert_eq!(kept(&["80:80", "81:80", "80:80"]), ["81>80-", "80>80-"]);
        assert_eq!(kept(&["1-9:1-9", "5:5"]), ["1-4>1-4", "6-9>6-9", "5>5-"]);
        assert_eq!(kept(&["1-9:1-9", "0-9:0-9"]), ["0-9>0-9"]);
        assert_eq!(kept(&["8-9:1-2", "1-9:1-9"]), ["8-9>1-2", "1-9>1-9"]);
        assert_eq!(kept(&["1-3", "2", "3-5"]), [">1-", ">2-", ">3-5"]);
        assert_eq!(kept(&["8000-8010:80", "8000-8010:80", "8000:80"]), ["8000-8010>80-", "8000>80-"]);
        assert_eq!(kept(&["0-65535:0-65535", "7:7"]), ["0-6>0-6", "8-65535>8-65535", "7>7-"]);
        assert_eq!(kept(&["9000:9000", "9001:9001", "80", "81"]), ["9000>9000-", "9001>9001-", ">80-", ">81-"]);
    }
}
