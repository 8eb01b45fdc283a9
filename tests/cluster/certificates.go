// The certificates of a cluster and the kubeconfigs that hold them.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// A certificate and its key, as PEM.
type pair struct {
	certificate []byte
	key         []byte
}

// A certificate authority.
type authority struct {
	pair
	parsed *x509.Certificate
	signer *ecdsa.PrivateKey
}

func newAuthority(name string) (*authority, error) {
	signer, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := lasting(name, nil)
	template.IsCA = true
	template.BasicConstraintsValid = true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature
	made, err := sign(template, template, signer, signer)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(made.certificate)
	parsed, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, err
	}
	return &authority{pair: *made, parsed: parsed, signer: signer}, nil
}

// A certificate for a server on loopback, which may have more names.
func (signedBy *authority) server(names ...string) (*pair, error) {
	template := lasting("server", nil)
	template.DNSNames = append([]string{"localhost"}, names...)
	template.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback, net.IPv4(10, 96, 0, 1)}
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	return signedBy.signed(template)
}

// A certificate for a client: its name and groups are what an API server reads.
func (signedBy *authority) client(name string, groups ...string) (*pair, error) {
	template := lasting(name, groups)
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	return signedBy.signed(template)
}

func (signedBy *authority) signed(template *x509.Certificate) (*pair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	return sign(template, signedBy.parsed, key, signedBy.signer)
}

func (signedBy *authority) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(signedBy.parsed)
	return pool
}

func lasting(name string, groups []string) *x509.Certificate {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		panic(err)
	}
	now := time.Now()
	return &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: name, Organization: groups},
		NotBefore:    now.Add(-time.Hour),
		NotAfter:     now.Add(30 * 24 * time.Hour),
	}
}

func sign(template, parent *x509.Certificate, key, signer *ecdsa.PrivateKey) (*pair, error) {
	certificate, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		return nil, err
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return &pair{
		certificate: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate}),
		key:         pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded}),
	}, nil
}

func (made *pair) tls() (tls.Certificate, error) {
	return tls.X509KeyPair(made.certificate, made.key)
}

// Writes the pair as NAME.crt and NAME.key.
func (made *pair) write(directory, name string) error {
	if err := os.WriteFile(filepath.Join(directory, name+".crt"), made.certificate, 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(directory, name+".key"), made.key, 0o600)
}

// Who a kubeconfig speaks for: a client certificate or a token.
type credential struct {
	certificate *pair
	token       string
}

// Writes NAME.kubeconfig, with everything in the file itself.
func writeKubeconfig(directory, name, server string, authority []byte, who credential) error {
	config := api.NewConfig()
	config.Clusters["cluster"] = &api.Cluster{Server: server, CertificateAuthorityData: authority}
	user := &api.AuthInfo{Token: who.token}
	if who.certificate != nil {
		user.ClientCertificateData = who.certificate.certificate
		user.ClientKeyData = who.certificate.key
	}
	config.AuthInfos[name] = user
	config.Contexts[name] = &api.Context{Cluster: "cluster", AuthInfo: name, Namespace: "default"}
	config.CurrentContext = name
	return clientcmd.WriteToFile(*config, filepath.Join(directory, name+".kubeconfig"))
}
