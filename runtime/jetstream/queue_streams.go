package jetstream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/tggen/tggen/runtime/queue"
)

// The streams of a queue. The messages have a stream with subjects for each partition. It holds a bundle until it is acknowledged,
// and also the high-water message. The fleet has a stream of records, each the last message of its subject: the table, the
// heartbeats of the members and the marks of the partitions. The dead letters have a stream of their own, because they stay
// when the queue is full.
type streams struct {
	js                       jetstream.JetStream
	root                     string // of the subjects
	messages, fleet, letters jetstream.Stream
}

// callTime is how long a call to the servers may take. While a stream has no leader, nobody answers.
const callTime = 2 * time.Second

const partitionsKey = "tggen-partitions" // in the metadata of the stream of the messages

func (c *Connection) streamName(kind, name string) string {
	return c.config.Name + "-" + kind + "-" + name
}

// openStreams makes the streams of a queue if they do not exist.
func (c *Connection) openStreams(ctx context.Context, config queue.Config) (*streams, error) {
	s := &streams{js: c.js, root: c.config.Name + ".queue." + config.Name}
	replicas := max(c.config.Replicas, 1)
	name := c.streamName("queue", config.Name)
	want := strconv.Itoa(config.Partitions)
	messages := jetstream.StreamConfig{
		Name:               name,
		Description:        "messages of a queue, by partition, until they are done",
		Subjects:           []string{s.root + ".message.*.*", s.root + ".high"},
		Retention:          jetstream.WorkQueuePolicy,
		Discard:            jetstream.DiscardNew,
		MaxBytes:           c.limit(),
		Storage:            jetstream.FileStorage,
		Replicas:           replicas,
		AllowAtomicPublish: true,
		AllowRollup:        true,
		Metadata:           map[string]string{partitionsKey: want},
	}
	var err error
	s.messages, err = c.js.CreateStream(ctx, messages)
	if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
		if s.messages, err = c.js.Stream(ctx, name); err == nil {
			if has := s.messages.CachedInfo().Config.Metadata[partitionsKey]; has != want {
				return nil, fmt.Errorf("the queue has %s partitions and not %s: a key would change its partition, so drain the queue and delete the stream %s, or use another name", has, want, name)
			}
			s.messages, err = c.js.UpdateStream(ctx, messages)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("making the stream of the messages: %w", err)
	}
	if s.fleet, err = c.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name:              c.streamName("fleet", config.Name),
		Description:       "the processes of a queue, and which partitions they own",
		Subjects:          []string{s.root + ".fleet.>"},
		MaxMsgsPerSubject: 1,
		Storage:           jetstream.FileStorage,
		Replicas:          replicas,
		AllowMsgTTL:       true,
		AllowDirect:       false, // a replica may be behind
	}); err != nil {
		return nil, fmt.Errorf("making the stream of the fleet: %w", err)
	}
	if s.letters, err = c.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name:        c.streamName("dead", config.Name),
		Description: "the dead letters of a queue",
		Subjects:    []string{s.root + ".dead.*.*"},
		Storage:     jetstream.FileStorage,
		Replicas:    replicas,
		AllowDirect: false,
	}); err != nil {
		return nil, fmt.Errorf("making the stream of the dead letters: %w", err)
	}
	return s, nil
}

func (c *Connection) limit() int64 {
	if c.config.MaxBytes <= 0 {
		return -1
	}
	return c.config.MaxBytes
}

func (s *streams) partition(p int) string { return s.root + ".message." + strconv.Itoa(p) + ".*" }
func (s *streams) bundle(p, items int) string {
	return s.root + ".message." + strconv.Itoa(p) + "." + strconv.Itoa(items)
}
func (s *streams) high() string  { return s.root + ".high" }
func (s *streams) table() string { return s.root + ".fleet.table" }
func (s *streams) member(id string) string {
	return s.root + ".fleet.member." + strings.ReplaceAll(id, ".", "-")
}
func (s *streams) marks(p int) string { return s.root + ".fleet.marks." + strconv.Itoa(p) }

// get decodes the last message of a subject, and returns its sequence. The sequence is 0 if the subject has no message.
func get(ctx context.Context, stream jetstream.Stream, subject string, into any) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	m, err := stream.GetLastMsgForSubject(ctx, subject)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("reading %s: %w", subject, err)
	}
	if into != nil {
		if err := json.Unmarshal(m.Data, into); err != nil {
			return 0, fmt.Errorf("reading %s: %w", subject, err)
		}
	}
	return m.Sequence, nil
}

// errChanged says that a subject has got another message since it was read.
var errChanged = errors.New("it was changed by another process")

// put publishes a record if the last message of its subject still is the one with the sequence. After other errors than
// errChanged the record may have been published.
func (s *streams) put(ctx context.Context, subject string, record any, sequence uint64) (uint64, error) {
	data, err := json.Marshal(record)
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	m := nats.NewMsg(subject)
	m.Data = data
	m.Header.Set(jetstream.ExpectedLastSubjSeqHeader, strconv.FormatUint(sequence, 10))
	ack, err := s.js.PublishMsg(ctx, m, jetstream.WithRetryAttempts(0))
	if refused(err) {
		return 0, errChanged
	}
	if err != nil {
		return 0, fmt.Errorf("writing %s: %w", subject, err)
	}
	return ack.Sequence, nil
}
