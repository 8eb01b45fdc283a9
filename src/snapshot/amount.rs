//! Sums of vCPU, memory and devices. They are counted in whole parts, so that the order in which they are added never
//! shows.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Visitor};
use serde_json::Value;

use crate::inventory::quantity::quantity;
use crate::limits;
use crate::tables::Tables;

const GIB: f64 = 1024.0 * 1024.0 * 1024.0;
const NANO: f64 = 1e9;

/// A sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sum {
    /// Billionths of a vCPU.
    cpu: u128,
    /// Bytes.
    memory: u128,
    /// Thousandths of a device.
    devices: u128,
}

impl Sum {
    pub(super) fn add(&mut self, other: Self) {
        self.cpu += other.cpu;
        self.memory += other.memory;
        self.devices += other.devices;
    }

    pub(super) fn cpu(self) -> f64 {
        self.cpu as f64 / NANO
    }

    pub(super) fn memory_gib(self) -> f64 {
        self.memory as f64 / GIB
    }

    pub(super) fn devices(self) -> f64 {
        self.devices as f64 / 1000.0
    }
}

/// A number as it is written: rounded to three decimals, without a point where it is whole.
pub(super) fn number(value: f64) -> Value {
    let rounded = (value * 1000.0).round() / 1000.0;
    if rounded.fract() == 0.0 && rounded.abs() < 9e15 { Value::from(rounded as i64) } else { Value::from(rounded) }
}

/// Amounts by the name of a resource, as in `requests` and `usage`.
#[derive(Clone, Debug, Default)]
pub(super) struct Sizes(BTreeMap<String, Option<f64>>);

impl Sizes {
    /// What counts of it. Amounts that nobody can have are left out.
    pub(super) fn sum(&self, tables: &Tables) -> Sum {
        let mut sum = Sum::default();
        for (name, value) in &self.0 {
            let Some(value) = *value else { continue };
            match name.as_str() {
                "cpu" if value <= limits::LARGEST_AMOUNT => sum.cpu += (value * NANO).round() as u128,
                "memory" if value / GIB <= limits::LARGEST_AMOUNT => sum.memory += value.round() as u128,
                name if value <= limits::LARGEST_AMOUNT && tables.is_accelerator(name) => {
                    sum.devices += (value * 1000.0).round() as u128;
                }
                _ => {}
            }
        }
        sum
    }
}

impl<'de> Deserialize<'de> for Sizes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        BTreeMap::<String, Size>::deserialize(deserializer)
            .map(|sizes| Self(sizes.into_iter().map(|(name, size)| (name, size.0)).collect()))
    }
}

/// One amount: a quantity as text or as a number; none for what is no amount.
#[derive(Clone, Copy, Debug)]
struct Size(Option<f64>);

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Amount;
        impl Visitor<'_> for Amount {
            type Value = Size;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a quantity")
            }

            fn visit_str<E>(self, text: &str) -> Result<Size, E> {
                Ok(Size(quantity(text)))
            }

            fn visit_f64<E>(self, value: f64) -> Result<Size, E> {
                Ok(Size(Some(value).filter(|value| value.is_finite() && *value >= 0.0)))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Size, E> {
                Ok(Size(Some(value as f64)))
            }

            fn visit_i64<E>(self, _: i64) -> Result<Size, E> {
                Ok(Size(None))
            }
        }
        deserializer.deserialize_any(Amount)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_leave_out_what_nobody_can_have() {
        let tables = Tables::built_in().expect("the tables");
        let sum = |text: &str| serde_json::from_str::<Sizes>(text).expect("sizes").sum(&tables);
        let all = sum(r#"{"cpu":"250m","memory":"512Mi","nvidia.com/gpu":1,"pods":"110"}"#);
        assert_eq!((all.cpu(), all.memory_gib(), all.devices()), (0.25, 0.5, 1.0));
        assert_eq!(sum(r#"{"cpu":"1e300","memory":"-5","nvidia.com/gpu":"NaN"}"#), Sum::default());
        assert_eq!(sum(r#"{"cpu":-1,"memory":1e400}"#.replace("1e400", "1").as_str()).cpu(), 0.0);
        assert_eq!(sum(r#"{"cpu":"123456789n"}"#).cpu(), 0.123_456_789);
    }

    #[test]
    fn numbers_have_three_decimals_at_most() {
        assert_eq!(number(4.0).to_string(), "4");
        assert_eq!(number(0.123_456).to_string(), "0.123");
        assert_eq!(number(7.8).to_string(), "7.8");
    }

    proptest::proptest! {
        #[test]
        fn the_order_never_shows(mut sizes in proptest::collection::vec(0u32.., 0..20)) {
            let tables = Tables::built_in().expect("the tables");
            let sum = |sizes: &[u32]| {
                let mut sum = Sum::default();
                for size in sizes {
                    let text = format!(r#"{{"cpu":"{size}m","memory":{size}}}"#);
                    sum.add(serde_json::from_str::<Sizes>(&text).expect("sizes").sum(&tables));
                }
                sum
            };
            let forwards = sum(&sizes);
            sizes.reverse();
            proptest::prop_assert_eq!(forwards, sum(&sizes));
        }
    }
}
