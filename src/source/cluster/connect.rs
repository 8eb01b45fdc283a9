//! Which cluster, as whom, and how: what kubectl would do with the same files and flags.

use std::path::Path;

use base64::Engine as _;
use http::{HeaderName, HeaderValue, Uri};
use kube::Config;
use kube::config::{AuthInfo, Cluster};

use super::kubeconfig::{self, Chosen};
use super::{Access, Deadline, Failure, Surroundings, credentials, proxy};
use crate::text::sanitize::without_credentials;

/// How every request names this program, so that those who run the cluster can tell who asked.
const USER_AGENT: &str = concat!("kubeworthy/", env!("CARGO_PKG_VERSION"));

/// A cluster that can be spoken with.
pub struct Connection {
    /// Its name: that of the context, `in-cluster`, or the host of the server.
    pub name: String,
    /// The namespace that is meant where none is named.
    pub namespace: String,
    /// Where the configuration comes from, for messages.
    pub described: String,
    /// The address of the server, safe to show.
    pub(super) server: String,
    /// The address of the proxy, safe to show.
    pub(super) proxy: Option<String>,
    pub(super) config: Config,
    pub(super) request_limit: Option<std::time::Duration>,
    pub(super) page_size: u32,
    pub(super) deadline: Deadline,
}

/// Finds out which cluster is meant and who asks. No request is made; a credential plugin is asked where there is one.
///
/// # Errors
///
/// When it is not clear which cluster is meant, or what the configuration names is not there.
pub fn connect(access: &Access, around: &Surroundings, deadline: Deadline) -> Result<Connection, Failure> {
    let found = kubeconfig::find(access, around)?;
    let is_empty = |config: &kube::config::Kubeconfig| {
        config.contexts.is_empty() && config.clusters.is_empty() && config.current_context.is_none()
    };
    let chosen = match found {
        Some((config, file)) if !is_empty(&config) || access.kubeconfig.is_some() => {
            kubeconfig::choose(config, &file, access)?
        }
        _ if access.context.is_some() || access.cluster.is_some() || access.user.is_some() => return Err(none(around)),
        _ if access.server.is_some() => Chosen {
            context: None,
            namespace: None,
            cluster: Cluster::default(),
            user: AuthInfo::default(),
            described: "the flags".to_owned(),
        },
        _ => in_cluster(around)?,
    };
    build(chosen, access, around, deadline)
}

fn none(around: &Surroundings) -> Failure {
    let looked = match around.kubeconfigs.as_slice() {
        [] => "~/.kube/config is not there".to_owned(),
        paths => {
            let names: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
            format!("KUBECONFIG names {}, which is not there or empty", names.join(" and "))
        }
    };
    Failure {
        message: format!("no cluster is configured: {looked}"),
        help: "name a kubeconfig with --kubeconfig, or a server with --server".to_owned(),
    }
}

/// The cluster that the program runs in.
fn in_cluster(around: &Surroundings) -> Result<Chosen, Failure> {
    let Some((host, port)) = &around.in_cluster else { return Err(none(around)) };
    let folder = &around.service_account;
    let read = |name: &str| {
        std::fs::read_to_string(folder.join(name)).map_err(|error| Failure {
            message: format!("the service account's {} could not be read: {error}", folder.join(name).display()),
            help: "give the pod a service account with a mounted token, or name a kubeconfig with --kubeconfig"
                .to_owned(),
        })
    };
    let host = if host.contains(':') { format!("[{host}]") } else { host.clone() };
    let cluster = Cluster {
        server: Some(format!("https://{host}:{port}")),
        certificate_authority: Some(folder.join("ca.crt").to_string_lossy().into_owned()),
        ..Cluster::default()
    };
    let user = AuthInfo { token: Some(read("token")?.trim().to_owned().into()), ..AuthInfo::default() };
    let namespace = read("namespace").ok().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    let described = "the service account of this pod".to_owned();
    Ok(Chosen { context: Some("in-cluster".to_owned()), namespace, cluster, user, described })
}

fn build(chosen: Chosen, access: &Access, around: &Surroundings, deadline: Deadline) -> Result<Connection, Failure> {
    let Chosen { context, namespace, mut cluster, user, described } = chosen;
    if let Some(server) = &access.server {
        cluster.server = Some(server.clone());
        cluster.tls_server_name = None;
    }
    let Some(server) = cluster.server.clone().filter(|server| !server.is_empty()) else {
        return Err(Failure {
            message: format!("{described} names no server"),
            help: "add `server` to the cluster in the kubeconfig, or give --server".to_owned(),
        });
    };
    let server = if server.contains("://") { server } else { format!("https://{server}") };
    let shown = without_credentials(&server).into_owned();
    let address: Uri = server.parse().map_err(|_| wrong_address(&shown))?;
    let is_secure = match (address.scheme_str(), address.host()) {
        (Some("https"), Some(_)) => true,
        (Some("http"), Some(_)) => false,
        _ => return Err(wrong_address(&shown)),
    };
    if let Some(path) = &access.certificate_authority {
        cluster.certificate_authority = Some(path.to_string_lossy().into_owned());
        cluster.certificate_authority_data = None;
    }
    let insecure = access.insecure || cluster.insecure_skip_tls_verify.unwrap_or_default();
    cluster.insecure_skip_tls_verify = Some(insecure);
    if let Some(name) = &access.tls_server_name {
        cluster.tls_server_name = Some(name.clone());
    }
    let host = address.host().unwrap_or_default().to_owned();
    let mut config = Config::new(address.clone());
    config.headers = vec![(HeaderName::from_static("user-agent"), HeaderValue::from_static(USER_AGENT))];
    // Retries of our own are bounded by the time that is left.
    config.default_retry = false;
    config.connect_timeout = Some(deadline.left());
    config.read_timeout = Some(deadline.left());
    config.reset_reader_on_write = true;
    config.accept_invalid_certs = insecure;
    config.disable_compression = access.uncompressed || cluster.disable_compression.unwrap_or_default();
    config.tls_server_name = cluster.tls_server_name.clone().filter(|name| !name.is_empty());
    config.root_cert = if insecure { None } else { authorities(&cluster)? };
    config.proxy_url = proxy::proxy_for(&address, cluster.proxy_url.as_deref(), around)?;
    let proxy = config.proxy_url.as_ref().map(|url| without_credentials(&url.to_string()).into_owned());
    // As for kubectl, nothing that proves who asks goes over a connection that anybody can read.
    config.auth_info = match is_secure {
        true => credentials_of(user, &cluster, access, around, deadline)?,
        false if access.token.is_some() => {
            return Err(Failure {
                message: format!("a token is not sent to {shown}: the connection is not encrypted"),
                help: "use an address that begins with https://, or leave the token out".to_owned(),
            });
        }
        false => impersonation(&user, access),
    };
    Ok(Connection {
        name: context.unwrap_or(host),
        namespace: namespace.unwrap_or_else(|| "default".to_owned()),
        described,
        server: shown,
        proxy,
        config,
        request_limit: access.request_limit,
        page_size: access.page_size,
        deadline,
    })
}

fn wrong_address(server: &str) -> Failure {
    Failure {
        message: format!("`{server}` is no address of a server"),
        help: "an address looks like https://HOST:6443; correct `server` in the kubeconfig, or --server".to_owned(),
    }
}

/// Whom to act as.
fn impersonation(user: &AuthInfo, access: &Access) -> AuthInfo {
    let mut acting = AuthInfo {
        impersonate: user.impersonate.clone(),
        impersonate_uid: user.impersonate_uid.clone(),
        impersonate_groups: user.impersonate_groups.clone(),
        impersonate_user_extra: user.impersonate_user_extra.clone(),
        ..AuthInfo::default()
    };
    if access.impersonated.is_some() {
        acting.impersonate.clone_from(&access.impersonated);
    }
    if access.impersonated_uid.is_some() {
        acting.impersonate_uid.clone_from(&access.impersonated_uid);
    }
    if !access.impersonated_groups.is_empty() {
        acting.impersonate_groups = Some(access.impersonated_groups.clone());
    }
    acting
}

/// What proves who asks: what the flags say over what the kubeconfig says, and a plugin where nothing else is there.
fn credentials_of(
    mut user: AuthInfo,
    cluster: &Cluster,
    access: &Access,
    around: &Surroundings,
    deadline: Deadline,
) -> Result<AuthInfo, Failure> {
    let acting = impersonation(&user, access);
    if acting.impersonate.is_none() && (acting.impersonate_groups.is_some() || acting.impersonate_uid.is_some()) {
        return Err(Failure {
            message: "groups and a UID to act as are given, and no user".to_owned(),
            help: "name the user with --as".to_owned(),
        });
    }
    let path = |path: &Path| Some(path.to_string_lossy().into_owned());
    if let Some(file) = &access.client_certificate {
        user.client_certificate = path(file);
        user.client_certificate_data = None;
    }
    if let Some(file) = &access.client_key {
        user.client_key = path(file);
        user.client_key_data = None;
    }
    for file in [&user.client_certificate, &user.client_key].into_iter().flatten() {
        readable("the client's certificate or key", file)?;
    }
    if let Some(token) = &access.token {
        let token = Some(token.reveal().to_owned().into());
        user = AuthInfo {
            token,
            username: None,
            password: None,
            token_file: None,
            exec: None,
            auth_provider: None,
            ..user
        };
    }
    let has_token = user.token.is_some() || user.username.is_some() && user.password.is_some();
    if let Some(file) = user.token_file.take().filter(|_| !has_token) {
        let text = std::fs::read_to_string(&file).map_err(|error| unreadable("the token", &file, &error))?;
        user.token = Some(text.trim().to_owned().into());
    } else if let Some(provider) = user.auth_provider.take().filter(|_| !has_token) {
        return Err(legacy(&provider.name));
    } else if let Some(plugin) = user.exec.take().filter(|_| !has_token) {
        let told = credentials::ask(&plugin, cluster, around, deadline)?;
        user.token = told.token;
        if told.client_key_data.is_some() {
            user.client_certificate_data = told.client_certificate_data;
            user.client_key_data = told.client_key_data;
        }
    }
    user.exec = None;
    user.auth_provider = None;
    user.impersonate = acting.impersonate;
    user.impersonate_uid = acting.impersonate_uid;
    user.impersonate_groups = acting.impersonate_groups;
    user.impersonate_user_extra = acting.impersonate_user_extra;
    Ok(user)
}

fn legacy(provider: &str) -> Failure {
    let help = match provider {
        "azure" => "run `kubelogin convert-kubeconfig`, or `az aks get-credentials` once more",
        "gcp" => "install gke-gcloud-auth-plugin, and run `gcloud container clusters get-credentials` once more",
        "oidc" => "use a credential plugin such as kubelogin (`kubectl oidc-login setup`), or give --token",
        _ => "use a credential plugin (`exec` in the kubeconfig), or give --token",
    };
    Failure {
        message: format!("the kubeconfig signs in with the auth-provider `{provider}`, which kubectl has given up too"),
        help: help.to_owned(),
    }
}

fn unreadable(what: &str, file: &str, error: &std::io::Error) -> Failure {
    Failure {
        message: format!("{what} in {file} could not be read: {error}"),
        help: "correct the path in the kubeconfig or on the command line".to_owned(),
    }
}

fn readable(what: &str, file: &str) -> Result<(), Failure> {
    std::fs::File::open(file).map(|_| ()).map_err(|error| unreadable(what, file, &error))
}

/// The certificates that the server's has to lead to; none where those of the system count.
fn authorities(cluster: &Cluster) -> Result<Option<Vec<Vec<u8>>>, Failure> {
    let wrong = |from: &str| Failure {
        message: format!("the certificate authority in {from} is not what it should be"),
        help: "it has to hold certificates in PEM form, between lines of BEGIN CERTIFICATE and END CERTIFICATE"
            .to_owned(),
    };
    let inline = "`certificate-authority-data` of the kubeconfig";
    let (text, from) = if let Some(data) = cluster.certificate_authority_data.as_deref().filter(|data| !data.is_empty())
    {
        let bytes = base64::engine::general_purpose::STANDARD.decode(data.trim()).map_err(|_| wrong(inline))?;
        (String::from_utf8_lossy(&bytes).into_owned(), inline)
    } else if let Some(file) = cluster.certificate_authority.as_deref().filter(|file| !file.is_empty()) {
        let text = std::fs::read(file).map_err(|error| unreadable("the certificate authority", file, &error))?;
        (String::from_utf8_lossy(&text).into_owned(), file)
    } else {
        return Ok(None);
    };
    let mut certificates = Vec::new();
    for block in text.split("-----BEGIN CERTIFICATE-----").skip(1) {
        let body: String = block.split("-----END").next().unwrap_or_default().split_whitespace().collect();
        certificates.push(base64::engine::general_purpose::STANDARD.decode(body).map_err(|_| wrong(from))?);
    }
    if certificates.is_empty() { Err(wrong(from)) } else { Ok(Some(certificates)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn with(config: &str, access: Access, around: Surroundings) -> Result<Connection, Failure> {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("config");
        std::fs::write(&file, config).expect("written");
        let access = Access { kubeconfig: Some(file), ..access };
        connect(&access, &around, Deadline::after(Duration::from_secs(5)))
    }

    fn failure(outcome: Result<Connection, Failure>) -> Failure {
        outcome.map(|connection| connection.name).expect_err("a failure")
    }

    const CONFIG: &str = "current-context: c\ncontexts: [{name: c, context: {cluster: c, user: u}}]\n";

    fn config(cluster: &str, user: &str) -> String {
        format!("{CONFIG}clusters: [{{name: c, cluster: {{{cluster}}}}}]\nusers: [{{name: u, user: {{{user}}}}}]\n")
    }

    #[test]
    fn flags_win_over_the_file() {
        let text = config("server: \"https://a:6443\", tls-server-name: a", "token: CANARY, as: jane");
        let connection = with(&text, Access::default(), Surroundings::default()).expect("a connection");
        assert_eq!((connection.name.as_str(), connection.namespace.as_str()), ("c", "default"));
        assert_eq!(connection.config.tls_server_name.as_deref(), Some("a"));
        assert_eq!(connection.config.auth_info.impersonate.as_deref(), Some("jane"));
        assert!(!connection.config.default_retry);
        let access = Access {
            server: Some("b:1".to_owned()),
            impersonated: Some("joe".to_owned()),
            insecure: true,
            ..Access::default()
        };
        let connection = with(&text, access, Surroundings::default()).expect("a connection");
        assert_eq!(connection.config.cluster_url.to_string(), "https://b:1/");
        assert_eq!(connection.config.tls_server_name, None, "it was the name of the other server");
        assert_eq!(connection.config.auth_info.impersonate.as_deref(), Some("joe"));
        assert!(connection.config.accept_invalid_certs);
    }

    #[test]
    fn nothing_secret_goes_over_plain_http() {
        let text = config("server: \"http://a\"", "token: CANARY, exec: {command: no-such-program}");
        let connection = with(&text, Access::default(), Surroundings::default()).expect("a connection");
        assert!(connection.config.auth_info.token.is_none());
        let access = Access { token: Some(super::super::Token::new("CANARY")), ..Access::default() };
        let refused = failure(with(&text, access, Surroundings::default()));
        assert!(refused.message.contains("not encrypted") && !format!("{refused:?}").contains("CANARY"), "{refused:?}");
    }

    #[test]
    fn what_is_wrong_is_named() {
        let says = |cluster: &str, user: &str| {
            failure(with(&config(cluster, user), Access::default(), Surroundings::default())).message
        };
        assert!(says("server: \"https://a\"", "auth-provider: {name: gcp}").contains("auth-provider `gcp`"));
        assert!(says("server: \"https://a\"", "tokenFile: none").contains("the token in"));
        assert!(
            says("server: \"https://a\"", "client-key: none, client-certificate: none").contains("certificate or key")
        );
        assert!(
            says("server: \"https://a\", certificate-authority-data: \"!\"", "").contains("certificate-authority-data")
        );
        assert!(says("server: \"https://a\", certificate-authority: none", "").contains("could not be read"));
        assert!(says("server: \"ftp://me:CANARY@a\"", "").contains("ftp://…@a"));
        assert!(says("", "").contains("names no server"));
        assert!(says("server: \"https://a\"", "exec: {command: no-such-program}").contains("not installed"));
        assert!(says("server: \"https://a\"", "as-groups: [g]").contains("no user"));
    }

    #[test]
    fn a_pod_finds_its_own_cluster_and_others_hear_what_is_missing() {
        let folder = tempfile::tempdir().expect("a folder");
        let limit = Deadline::after(Duration::from_secs(5));
        let around = Surroundings { service_account: folder.path().to_path_buf(), ..Surroundings::default() };
        let failure = failure(connect(&Access::default(), &around, limit));
        assert!(failure.message.contains("no cluster is configured"), "{failure:?}");
        let around = Surroundings { in_cluster: Some(("fd00::1".to_owned(), "443".to_owned())), ..around };
        for (name, text) in [
            ("token", "abc\n"),
            ("namespace", "shop"),
            ("ca.crt", "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n"),
        ] {
            std::fs::write(folder.path().join(name), text).expect("written");
        }
        let connection = connect(&Access::default(), &around, limit).expect("a connection");
        assert_eq!((connection.name.as_str(), connection.namespace.as_str()), ("in-cluster", "shop"));
        assert_eq!(connection.config.cluster_url.to_string(), "https://[fd00::1]:443/");
        assert_eq!(connection.config.root_cert, Some(vec![b"ABC".to_vec()]));
        let access = Access { server: Some("https://api.example.com".to_owned()), ..Access::default() };
        assert_eq!(connect(&access, &around, limit).expect("a connection").name, "api.example.com");
    }
}
