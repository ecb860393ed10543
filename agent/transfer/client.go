package transfer

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// NewClient makes a client for Fetch and Send. It follows no redirection: the
// address of a file is a secret that is meant for the server alone. roots nil
// means the authorities of the system.
func NewClient(roots *x509.CertPool) *http.Client {
	return &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			TLSClientConfig:        &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    20 * time.Second,
			ResponseHeaderTimeout:  30 * time.Second,
			IdleConnTimeout:        10 * time.Second,
			MaxIdleConnsPerHost:    1,
			DisableCompression:     true,
			MaxResponseHeaderBytes: 64 << 10,
		},
	}
}

// FileURL is where the file of an id is fetched from or sent to (TR50 1.9).
func FileURL(server, id string) string {
	return strings.TrimSuffix(server, "/") + "/file/" + url.PathEscape(id)
}

// Send uploads a file in one request.
func Send(ctx context.Context, client *http.Client, address string, content []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(content))
	if err != nil {
		return errors.New("cannot send the file: the address cannot be used")
	}
	resp, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("cannot send the file: %w", cause(ctx, err))
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 4<<10))
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("cannot send the file: the server answered %s", resp.Status)
	}
	return nil
}
