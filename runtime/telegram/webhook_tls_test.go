package telegram_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/tgtest"
)

// selfSigned writes a certificate for 127.0.0.1 and its key into files, and returns the certificate as an authority.
func selfSigned(t *testing.T) (certFile, keyFile string, authority *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "bot"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name, kind string, bytes []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: bytes}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	authority = x509.NewCertPool()
	authority.AddCert(certificate)
	return write("cert.pem", "CERTIFICATE", der), write("key.pem", "PRIVATE KEY", keyDER), authority
}

// TestG1_WebhookTLS delivers over HTTPS to a bot that has the certificate itself. Who does not speak TLS, or has another secret, is
// not heard.
func TestG1_WebhookTLS(t *testing.T) {
	server := tgtest.NewServer(t)
	certFile, keyFile, authority := selfSigned(t)
	var log syncBuffer
	var mu sync.Mutex
	last := map[int64]int64{}
	config := telegram.Config{
		Delivery: telegram.AtLeastOnce, Constraints: chatOrder,
		Webhook: telegram.WebhookSettings{URL: "https://bot.example.com", Listen: "127.0.0.1:0", Secret: hookSecret, CertFile: certFile, KeyFile: keyFile},
		Dispatch: func(_ context.Context, ev *telegram.Event) error {
			mu.Lock()
			defer mu.Unlock()
			if m := ev.Update.Message.MessageId; m != last[ev.Header.Chat]+1 {
				t.Errorf("chat %d: message %d after %d", ev.Header.Chat, m, last[ev.Header.Chat])
			}
			last[ev.Header.Chat]++
			return nil
		},
	}
	bot := newBot(t, server, config, telegram.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	url := listening(t, bot, &log)
	secure := strings.Replace(url, "http:", "https:", 1)
	p := newPusher(t, secure, hookSecret, 10)
	p.client.Transport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: authority}
	const chats, messages = 5, 20
	for seq := 1; seq <= messages; seq++ {
		for chat := 1; chat <= chats; chat++ {
			id := int64(seq*chats + chat)
			p.push(fmt.Sprint("chat ", chat), id, delivered(id, chat, seq))
		}
	}
	p.wait()
	stranger := newPusher(t, secure, "another", 1)
	stranger.client = p.client
	if status, _ := stranger.try(pushed{1000, delivered(1000, 1, messages+1)}); status != http.StatusUnauthorized {
		t.Errorf("another secret: status %d", status)
	}
	if status, _ := newPusher(t, url, hookSecret, 1).try(pushed{1000, delivered(1000, 1, messages+1)}); status == http.StatusOK {
		t.Error("a delivery without TLS was taken")
	}
	if status, _ := newPusher(t, secure, hookSecret, 1).try(pushed{1000, delivered(1000, 1, messages+1)}); status != 0 {
		t.Errorf("a client that does not trust the certificate got status %d", status)
	}
	p.push("chat 1", 2000, delivered(2000, 1, messages+1))
	p.wait()
	stop(t, bot)
	if len(last) != chats || last[1] != messages+1 || last[chats] != messages {
		t.Errorf("the last messages are %v", last)
	}
	config.Webhook.KeyFile = certFile
	if err := newBot(t, server, config).Start(t.Context()); err == nil || !strings.Contains(err.Error(), "listening for the webhook: loading the certificate: ") {
		t.Errorf("Start with a wrong key: %v", err)
	}
}
