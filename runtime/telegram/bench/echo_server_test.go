//go:build linux

package bench

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"strconv"
	"time"
)

// sent is the answer to each sendMessage.
const sent = `{"ok":true,"result":{"message_id":4711,"from":{"id":1,"is_bot":true,"first_name":"Bench","username":"bench_bot"},` +
	`"chat":{"id":123456789,"first_name":"Alice","username":"alice","type":"private"},"date":1700000000,"text":"Here is what you said, and a little more."}}`

// refusal is the answer to each sendMessage to the chat that is refused.
const refusal = `{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 1","parameters":{"retry_after":1}}`

// sendMessage answers after the delay that was set.
func (f *flood) sendMessage(w http.ResponseWriter, r *http.Request) {
	if refused := f.refused.Load(); refused != 0 {
		body, err := io.ReadAll(r.Body)
		check(err)
		var params struct {
			Chat json.Number `json:"chat_id"`
		}
		check(json.Unmarshal(body, &params))
		if params.Chat.String() == strconv.FormatInt(refused, 10) {
			f.refusals.Add(1)
			w.WriteHeader(http.StatusTooManyRequests)
			io.WriteString(w, refusal)
			return
		}
	}
	io.Copy(io.Discard, r.Body)
	if delay := time.Duration(f.delay.Load()); delay > 0 {
		time.Sleep(delay)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(sent)))
	io.WriteString(w, sent)
}

// newCertificate makes a certificate for 127.0.0.1, and returns it in PEM, too.
func newCertificate() (tls.Certificate, []byte) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(24 * time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	check(err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key},
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
