//! A repository with two systems on Kubernetes: a runner of builds that makes its own pods, which nothing simpler can do,
//! and a blog that never needed it and is there all the same.

pub(crate) const RUNNER: (&str, &str) = (
    "deploy/runner/runner.yaml",
    "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: runner
  namespace: builds
spec:
  replicas: 1
  selector: {matchLabels: {app: runner}}
  template:
    metadata: {labels: {app: runner}}
    spec:
      serviceAccountName: runner
      containers:
        - name: runner
          image: registry.example.com/builds/runner:4.2.0
          resources: {requests: {cpu: 100m, memory: 128Mi}}
          readinessProbe: {httpGet: {path: /ready, port: 8080}}
",
);

pub(crate) const RIGHTS: (&str, &str) = (
    "deploy/runner/rights.yaml",
    "\
apiVersion: v1
kind: ServiceAccount
metadata:
  name: runner
  namespace: builds
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: runner
  namespace: builds
rules:
  - apiGroups: [\"\"]
    resources: [pods, pods/exec]
    verbs: [create, delete, get, list, watch]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: runner
  namespace: builds
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: runner}
subjects:
  - {kind: ServiceAccount, name: runner, namespace: builds}
",
);

pub(crate) const BLOG: (&str, &str) = (
    "deploy/blog/blog.yaml",
    "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: blog
  namespace: blog
spec:
  replicas: 1
  selector: {matchLabels: {app: blog}}
  template:
    metadata: {labels: {app: blog}}
    spec:
      containers:
        - name: blog
          image: registry.example.com/blog:1.0.0
          resources: {requests: {cpu: 100m, memory: 128Mi}}
          readinessProbe: {httpGet: {path: /, port: 8080}}
---
apiVersion: v1
kind: Service
metadata:
  name: blog
  namespace: blog
spec:
  selector: {app: blog}
  ports: [{port: 80, targetPort: 8080}]
",
);

/// A third system, as needless as the blog.
pub(crate) const WIKI: (&str, &str) = (
    "deploy/wiki/wiki.yaml",
    "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: wiki
  namespace: wiki
spec:
  replicas: 1
  selector: {matchLabels: {app: wiki}}
  template:
    metadata: {labels: {app: wiki}}
    spec:
      containers:
        - name: wiki
          image: registry.example.com/wiki:3.1.0
          resources: {requests: {cpu: 100m, memory: 128Mi}}
          readinessProbe: {httpGet: {path: /, port: 8080}}
",
);

/// A budget for the one copy of the blog, which lets no host be emptied: KW106.
pub(crate) const BUDGET: (&str, &str) = (
    "deploy/blog/budget.yaml",
    "\
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: blog
  namespace: blog
spec:
  minAvailable: 1
  selector: {matchLabels: {app: blog}}
",
);
