//! The laws of the model, as properties.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

mod support;

use std::fmt::Write as _;
use std::sync::OnceLock;

use kubeworthy::assessment::score::{Best, Candidate, Hosting, Need, best, rounded_shares, shares};
use kubeworthy::assessment::{Assessment, SystemAssessment};
use kubeworthy::capability::CapabilityId;
use kubeworthy::grade::Grade;
use kubeworthy::report::{Format, Layout, render};
use kubeworthy::source::Collected;
use kubeworthy::text::SourceFile;
use kubeworthy::{Kit, assess};
use proptest::prelude::*;

fn kit() -> &'static Kit {
    static KIT: OnceLock<Kit> = OnceLock::new();
    KIT.get_or_init(support::kit)
}

fn candidates(kit: &Kit) -> Vec<Candidate<'_>> {
    let targets = kit.catalogue.targets().iter().filter(|target| target.admissible_when.is_none());
    targets.map(|target| Candidate { target, admissible: true, why_not: Vec::new(), violations: Vec::new() }).collect()
}

fn score(needs: &[Need]) -> Best {
    best(&candidates(kit()), needs, Hosting::Any, &kit().constants)
}

fn any_needs() -> impl Strategy<Value = Vec<Need>> {
    let count = kit().capabilities.len();
    proptest::collection::btree_map(0..count, 0..4usize, 0..12).prop_map(|map| {
        map.into_iter()
            .map(|(capability, grade)| Need { capability: CapabilityId(capability), grade: Grade::ALL[grade] })
            .collect()
    })
}

#[test]
fn no_claims_give_nothing_and_everything_proven_gives_all() {
    assert_eq!(score(&[]).need, 0.0);
    let all: Vec<Need> =
        kit().capabilities.iter().map(|(capability, _)| Need { capability, grade: Grade::Proven }).collect();
    let most = kit().constants.points.simple + kit().constants.points.lighter;
    assert!((score(&all).need - most).abs() < 1e-9, "{}", score(&all).need);
}

#[test]
fn two_applications_that_share_a_name_are_both_read_and_two_variants_of_one_are_one() {
    let web = |image: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: web}}\nspec: {{containers: [{{name: a, image: {image}}}]}}\n"
        )
    };
    let count = |first: &str, second: &str| {
        let files = vec![("a/web.yaml".to_owned(), web(first)), ("b/web.yaml".to_owned(), web(second))];
        assess_files(files).estate.workloads
    };
    assert_eq!(count("shop/web:1", "news/site:1"), 2);
    assert_eq!(count("shop/web:1", "mirror.example.org/web:2"), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn raising_a_grade_never_lowers_the_need(needs in any_needs(), at in 0usize..12) {
        let before = score(&needs).need;
        let mut raised = needs;
        if !raised.is_empty() {
            let at = at % raised.len();
            raised[at].grade = match raised[at].grade {
                Grade::Declared => Grade::Effective,
                Grade::Effective => Grade::Corroborated,
                _ => Grade::Proven,
            };
        }
        prop_assert!(score(&raised).need >= before - 1e-9);
    }

    #[test]
    fn adding_a_target_never_raises_the_need(needs in any_needs(), without in 0usize..24) {
        let all = candidates(kit());
        let mut fewer = all.clone();
        fewer.remove(without % all.len());
        let constants = &kit().constants;
        let with = best(&all, &needs, Hosting::Any, constants).need;
        prop_assert!(with <= best(&fewer, &needs, Hosting::Any, constants).need + 1e-9);
    }

    #[test]
    fn shares_add_up_to_the_need(needs in any_needs()) {
        let candidates = candidates(kit());
        let best = score(&needs);
        let shares = shares(&candidates, &needs, &best, &kit().constants);
        let need = (best.need * 10.0).round() / 10.0;
        let sum: f64 = shares.iter().map(|(_, share)| share).sum();
        prop_assert!((sum - best.need).abs() < 1e-6, "{sum} and {}", best.need);
        let rounded: f64 = rounded_shares(&shares, need).iter().map(|(_, share)| share).sum();
        prop_assert!((rounded - need).abs() < 1e-6, "{rounded} and {need}");
    }
}

/// A workload of a made-up application, written as a manifest or as a Compose service.
#[derive(Clone, Debug)]
struct Part {
    name: String,
    copies: u32,
    probed: bool,
    volume: bool,
    cpu: Option<u32>,
    datagrams: bool,
    autoscaled: bool,
    /// How many copies its budgets keep, one budget each.
    budgets: Vec<u32>,
}

fn any_application() -> impl Strategy<Value = Vec<Part>> {
    let budgets = proptest::collection::vec(0u32..6, 0..3);
    let part =
        (1u32..6, any::<bool>(), any::<bool>(), proptest::option::of(1u32..9), any::<bool>(), any::<bool>(), budgets);
    proptest::collection::vec(part, 1..7).prop_map(|parts| {
        parts
            .into_iter()
            .enumerate()
            .map(|(index, (copies, probed, volume, cpu, datagrams, autoscaled, budgets))| Part {
                name: format!("part-{index}"),
                copies,
                probed,
                volume,
                cpu,
                datagrams,
                autoscaled,
                budgets,
            })
            .collect()
    })
}

impl Part {
    /// One document per object.
    fn manifests(&self) -> Vec<String> {
        let Self { name, copies, .. } = self;
        let mut deployment = format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {name}\nspec:\n  replicas: {copies}\n  selector:\n    matchLabels:\n      app: {name}\n  template:\n    metadata:\n      labels:\n        app: {name}\n    spec:\n      containers:\n      - name: main\n        image: example.org/{name}:1\n"
        );
        if self.probed {
            deployment.push_str("        readinessProbe:\n          tcpSocket:\n            port: 80\n");
        }
        if let Some(cpu) = self.cpu {
            let _ = write!(
                deployment,
                "        resources:\n          requests:\n            cpu: {cpu}\n            memory: 1Gi\n"
            );
        }
        if self.datagrams {
            deployment.push_str("        ports:\n        - containerPort: 53\n          protocol: UDP\n");
        }
        if self.volume {
            deployment.push_str("        volumeMounts:\n        - name: data\n          mountPath: /data\n      volumes:\n      - name: data\n        persistentVolumeClaim:\n          claimName: ");
            let _ = writeln!(deployment, "{name}");
        }
        let mut documents = vec![deployment];
        if self.autoscaled {
            documents.push(format!(
                "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata:\n  name: {name}\nspec:\n  scaleTargetRef:\n    kind: Deployment\n    name: {name}\n  minReplicas: {copies}\n  maxReplicas: {}\n",
                copies + 2
            ));
        }
        documents.extend(self.budgets.iter().enumerate().map(|(index, kept)| {
            format!(
                "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata:\n  name: {name}-{index}\nspec:\n  minAvailable: {kept}\n  selector:\n    matchLabels:\n      app: {name}\n"
            )
        }));
        documents
    }

    fn service(&self) -> String {
        let mut service = format!("  {}:\n    image: example.org/{}:1\n    restart: always\n", self.name, self.name);
        if self.probed {
            service.push_str("    healthcheck:\n      test: [CMD, check]\n");
        }
        if self.datagrams {
            service.push_str("    ports: ['53:53/udp']\n");
        }
        if self.volume {
            let _ = writeln!(service, "    volumes: ['{}:/data']", self.name);
        }
        let _ = write!(service, "    deploy:\n      replicas: {}\n", self.copies);
        if let Some(cpu) = self.cpu {
            let _ = write!(
                service,
                "      resources:\n        reservations:\n          cpus: '{cpu}'\n          memory: 1g\n"
            );
        }
        service
    }
}

fn assess_files(files: Vec<(String, String)>) -> Assessment {
    let files = files.into_iter().map(|(name, text)| SourceFile::new(name, text)).collect();
    assess(&Collected { files, ..Collected::default() }, kit())
}

/// What a verdict is made of, without positions and messages.
fn essence(system: &SystemAssessment) -> String {
    let claims: Vec<_> = system.claims.iter().map(|claim| (&claim.capability, claim.grade, claim.share)).collect();
    format!(
        "{} {:?} {} {} {:?} {:?} {:?} {claims:?}",
        system.verdict.id(),
        system.need,
        system.confidence,
        system.workloads,
        system.availability,
        system.scale,
        system.suggested
    )
}

fn in_one_file(documents: &[String]) -> Vec<(String, String)> {
    vec![("app/all.yaml".to_owned(), documents.join("---\n"))]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn order_and_splitting_of_files_change_nothing(application in any_application(), seed in any::<u64>()) {
        let documents: Vec<String> = application.iter().flat_map(Part::manifests).collect();
        let whole = essence(&assess_files(in_one_file(&documents)).estate);
        let mut split: Vec<(String, String)> =
            documents.iter().enumerate().map(|(index, text)| (format!("app/{index}.yaml"), text.clone())).collect();
        prop_assert_eq!(&essence(&assess_files(split.clone()).estate), &whole);
        let length = split.len();
        for index in 0..length {
            split.swap(index, (seed as usize).wrapping_mul(index + 7) % length);
        }
        prop_assert_eq!(&essence(&assess_files(split).estate), &whole);
        let mut reversed = documents;
        reversed.reverse();
        prop_assert_eq!(&essence(&assess_files(in_one_file(&reversed)).estate), &whole);
    }

    #[test]
    fn formatting_changes_nothing(application in any_application()) {
        let documents: Vec<String> = application.iter().flat_map(Part::manifests).collect();
        let whole = essence(&assess_files(in_one_file(&documents)).estate);
        let as_json: Vec<(String, String)> = documents
            .iter()
            .enumerate()
            .map(|(index, text)| {
                let value: serde_json::Value = serde_saphyr::from_str(text).expect("YAML");
                (format!("app/{index}.json"), serde_json::to_string_pretty(&value).expect("JSON"))
            })
            .collect();
        prop_assert_eq!(&essence(&assess_files(as_json).estate), &whole);
        let windows: Vec<String> = documents.iter().map(|text| text.replace('\n', "\r\n")).collect();
        let with_comments = format!("\u{feff}# a comment\r\n---\r\n{}", windows.join("--- # next\r\n"));
        prop_assert_eq!(&essence(&assess_files(vec![("app/all.yaml".to_owned(), with_comments)]).estate), &whole);
        let list = documents.iter().map(|text| {
            let indented: String = text.lines().map(|line| format!("  {line}\n")).collect();
            format!("-{}", &indented[1..])
        });
        let list = format!("apiVersion: v1\nkind: List\nitems:\n{}", list.collect::<String>());
        prop_assert_eq!(&essence(&assess_files(vec![("app/all.yaml".to_owned(), list)]).estate), &whole);
    }

    #[test]
    fn a_file_read_twice_counts_once(application in any_application()) {
        let documents: Vec<String> = application.iter().flat_map(Part::manifests).collect();
        let files = in_one_file(&documents);
        let once = essence(&assess_files(files.clone()).estate);
        let mut twice = files.clone();
        twice.push(("app/copy.yaml".to_owned(), files[0].1.clone()));
        twice.push(("copies/all.yaml".to_owned(), files[0].1.clone()));
        prop_assert_eq!(essence(&assess_files(twice).estate), once);
    }

    #[test]
    fn the_same_input_gives_the_same_bytes(application in any_application()) {
        let documents: Vec<String> = application.iter().flat_map(Part::manifests).collect();
        for format in [Format::Full, Format::Json] {
            let once = render(&assess_files(in_one_file(&documents)), format, Layout { width: 80, colour: true, ..Layout::default() });
            let again = render(&assess_files(in_one_file(&documents)), format, Layout { width: 80, colour: true, ..Layout::default() });
            prop_assert_eq!(once, again);
        }
    }

    #[test]
    fn one_application_as_compose_and_as_manifests_is_one_need(application in any_application()) {
        // What only manifests can write is left out here.
        let parts: Vec<Part> = application.into_iter().map(|part| Part { autoscaled: false, budgets: Vec::new(), ..part }).collect();
        let documents: Vec<String> = parts.iter().flat_map(Part::manifests).collect();
        let services: String = parts.iter().map(Part::service).collect();
        let volumes: String = parts.iter().filter(|part| part.volume).map(|part| format!("  {}:\n", part.name)).collect();
        let compose = format!("services:\n{services}volumes:\n{volumes}");
        let manifests = assess_files(in_one_file(&documents)).estate;
        let compose = assess_files(vec![("app/compose.yaml".to_owned(), compose)]).estate;
        let (left, right) = support::intersection(&manifests, &compose, kit());
        prop_assert!((left - right).abs() < 1e-9, "{left} and {right}\n{:?}\n{:?}", manifests.claims, compose.claims);
        prop_assert_eq!(manifests.footprint, compose.footprint);
    }

    #[test]
    fn any_text_is_survived(text in "\\PC{0,200}", lines in proptest::collection::vec("[ \\-:{}\\[\\]a-z&*!|>'\"#%]{0,20}", 0..20)) {
        let files = vec![("a.yaml".to_owned(), format!("apiVersion: v1\nkind: {text}")), ("compose.yaml".to_owned(), lines.join("\n"))];
        let assessment = assess_files(files);
        prop_assert!(assessment.estate.need.score <= 100.0);
    }
}

/// A demand over a few workloads: what each of them needs, and what the system needs as a whole.
fn any_demand() -> impl Strategy<Value = (Vec<Need>, Vec<Vec<Need>>)> {
    (any_needs(), proptest::collection::vec(any_needs(), 2..7))
}

fn demand(shared: &[Need], workloads: &[Vec<Need>]) -> kubeworthy::assessment::demand::Demand {
    let claim = |workload: Option<usize>| {
        move |need: &Need| kubeworthy::rules::RawClaim {
            rule: String::new(),
            capability: need.capability,
            grade: need.grade,
            is_stated: false,
            lowered_by: None,
            subject: None,
            workload,
            message: String::new().into(),
            places: Vec::new(),
        }
    };
    let own = workloads.iter().enumerate().flat_map(|(index, needs)| needs.iter().map(claim(Some(index))));
    let claims: Vec<_> = shared.iter().map(claim(None)).chain(own).collect();
    kubeworthy::assessment::demand::Demand::of_claims(&claims, workloads.len())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_split_never_raises_the_need_and_a_higher_grade_never_lowers_it((shared, workloads) in any_demand(), pick in any::<prop::sample::Index>()) {
        use kubeworthy::assessment::score::{need, place};
        let (candidates, constants) = (candidates(kit()), &kit().constants);
        let placed = demand(&shared, &workloads);
        let best = place(&candidates, &placed, Hosting::Any, constants);
        let whole = kubeworthy::assessment::score::best(&candidates, &placed.needs(), Hosting::Any, constants);
        prop_assert!(best.need <= whole.need + 1e-9);
        prop_assert!((need(&candidates, &placed, Hosting::Any, constants) - best.need).abs() < 1e-9);
        let shares = shares(&candidates, &placed.needs(), &best, constants);
        let sum: f64 = shares.iter().map(|(_, share)| share).sum();
        prop_assert!((sum - best.need).abs() < 1e-6, "{sum} and {}", best.need);
        let needs = placed.needs();
        if !needs.is_empty() {
            let raised = pick.get(&needs);
            let higher = placed.with_grade(raised.capability, Grade::Proven);
            prop_assert!(need(&candidates, &higher, Hosting::Any, constants) >= best.need - 1e-9);
        }
    }
}
