package link_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/sluicehq/sluice/agent/agenttest"
	"github.com/sluicehq/sluice/agent/link"
	"github.com/sluicehq/sluice/device/tr50/wire"
)

// authority makes a certificate for 127.0.0.1 that vouches for itself.
func authority(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true,
		BasicConstraintsValid: true, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

func TestOnlyTheGivenAuthorityIsTrusted(t *testing.T) {
	t.Parallel()
	cert, ours := authority(t)
	_, others := authority(t)
	peer := agenttest.New(t).ServeTLS(cert)
	l, err := dial(t, peer, func(c *link.Config) { c.RootCAs = ours })
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Call(t.Context(), wire.CommandDiagPing, nil, nil); err != nil {
		t.Error(err)
	}
	for name, pool := range map[string]*x509.CertPool{"another authority": others, "the system's": nil} {
		if _, err := dial(t, peer, func(c *link.Config) { c.RootCAs = pool }); err == nil || !strings.Contains(err.Error(), "certificate") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
