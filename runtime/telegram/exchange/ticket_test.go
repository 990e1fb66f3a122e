package exchange

import (
	"bufio"
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/tls"
	"encoding/binary"
	"encoding/hex"
	"io"
	"net"
	"strings"
	"testing"
)

// The types of a record's content, by RFC 8446, appendix B.1.
const (
	recordAlert     = 21
	recordHandshake = 22
	recordData      = 23
)

// A sealer writes the records of a server over TLS 1.3 in place of crypto/tls, which sends no session ticket after the
// handshake.
type sealer struct {
	raw      io.Writer
	aead     cipher.AEAD
	iv       []byte
	sequence uint64
}

// newSealer takes over from a server that has sent no record since its handshake; keys is what it logged.
func newSealer(t *testing.T, raw io.Writer, keys string) *sealer {
	_, line, _ := strings.Cut(keys, "SERVER_TRAFFIC_SECRET_0 ")
	fields := strings.Fields(line)
	secret, err := hex.DecodeString(fields[1])
	if err != nil {
		t.Error(err)
	}
	block, err := aes.NewCipher(expand(secret, "key", 16))
	if err != nil {
		t.Error(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		t.Error(err)
	}
	return &sealer{raw: raw, aead: aead, iv: expand(secret, "iv", 12)}
}

// expand is HKDF-Expand-Label of RFC 8446, section 7.1, without a context.
func expand(secret []byte, label string, length int) []byte {
	label = "tls13 " + label
	info := string([]byte{0, byte(length), byte(len(label))}) + label + "\x00"
	key, err := hkdf.Expand(sha256.New, secret, info, length)
	if err != nil {
		panic(err)
	}
	return key
}

func (s *sealer) seal(content byte, data string) []byte {
	plain := append([]byte(data), content)
	header := binary.BigEndian.AppendUint16([]byte{recordData, 3, 3}, uint16(len(plain)+s.aead.Overhead()))
	nonce := bytes.Clone(s.iv)
	binary.BigEndian.PutUint64(nonce[4:], binary.BigEndian.Uint64(nonce[4:])^s.sequence)
	s.sequence++
	return s.aead.Seal(header, nonce, plain, header)
}

// ticket is a NewSessionTicket: a lifetime, an age, a nonce, the ticket, no extension.
const ticket = "\x04\x00\x00\x14" + "\x00\x00\x1c\x20" + "\x00\x00\x00\x00" + "\x01\x00" + "\x00\x06ticket" + "\x00\x00"

// What comes on an idle connection over TLS 1.3. Only what is no data keeps it.
func TestRecordsOnIdleConnections(t *testing.T) {
	url, config, _ := newServer(t, true, echo)
	if response, _ := call(t, newTransport(t, config), post(t, t.Context(), url)); response.TLS.CipherSuite != tls.TLS_AES_128_GCM_SHA256 {
		t.Skip("crypto/tls prefers another cipher on this processor than the sealer knows")
	}
	for name, test := range map[string]struct {
		send func(s *sealer) []byte
		kept bool
	}{
		"nothing":  {func(*sealer) []byte { return nil }, true},
		"a ticket": {func(s *sealer) []byte { return s.seal(recordHandshake, ticket) }, true},
		"two tickets": {func(s *sealer) []byte {
			return append(s.seal(recordHandshake, ticket), s.seal(recordHandshake, ticket)...)
		}, true},
		"a byte":        {func(s *sealer) []byte { return s.seal(recordData, "x") }, false},
		"ticket, byte":  {func(s *sealer) []byte { return append(s.seal(recordHandshake, ticket), s.seal(recordData, "x")...) }, false},
		"close_notify":  {func(s *sealer) []byte { return s.seal(recordAlert, "\x01\x00") }, false},
		"not a record":  {func(*sealer) []byte { return []byte(okAnswer) }, false},
		"forged record": {func(s *sealer) []byte { b := s.seal(recordHandshake, ticket); b[9]++; return b }, false},
	} {
		t.Run(name, func(t *testing.T) {
			onEachDialWay(t, func(t *testing.T, config Config) {
				const calls = 5
				server, client := certificates()
				config.TLS = client
				send, sent := make(chan bool, 1), make(chan bool, 1)
				s := &scripted{serve: func(raw net.Conn) {
					var keys bytes.Buffer
					server := server.Clone()
					server.SessionTicketsDisabled = true
					server.KeyLogWriter = &keys
					c := tls.Server(raw, server)
					if err := c.Handshake(); err != nil {
						t.Error(err)
						return
					}
					out := newSealer(t, raw, keys.String())
					reader := bufio.NewReader(c)
					for {
						if _, err := readRequest(reader); err != nil {
							return
						}
						raw.Write(out.seal(recordData, okAnswer))
						if <-send {
							raw.Write(test.send(out))
							sent <- true
						}
					}
				}}
				url := strings.Replace(s.listen(t), "http:", "https:", 1)
				transport := newTransport(t, config)
				for range calls {
					if _, body := call(t, transport, post(t, t.Context(), url)); body != `{"ok":true}` {
						t.Fatalf("body %q", body)
					}
					send <- true
					<-sent
				}
				want := calls
				if test.kept {
					want = 1
				}
				if _, total := s.connections(); total != want {
					t.Errorf("%d connections, want %d", total, want)
				}
				transport.CloseIdleConnections()
			})
		})
	}
}
