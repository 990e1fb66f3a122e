package jetstream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"
)

// DefaultDir is the folder of the server in the process.
const DefaultDir = "data"

// Config says where JetStream is. The zero Config is a server in the process, with the folder [DefaultDir].
type Config struct {
	// URL is that of one or more NATS servers with JetStream, separated by commas: "nats://a:4222,nats://b:4222". A server
	// needs version 2.12 or later. Default: a server in the process.
	//
	// A server syncs its files to disk every two minutes by default. If an update that was stored shall survive a loss of
	// power, set sync_interval to always in the jetstream block of the server's configuration, or run three servers and set Replicas.
	URL string

	// Options are further options of the connection, such as credentials. They are used with a URL only.
	Options []nats.Option

	// Replicas is the number of servers that hold each record, 1 to 5. It is used with a URL only, when the streams are
	// made. Default 1.
	Replicas int

	// Name is the beginning of the names of all streams, so that what is apart, such as a test and a production, can share
	// servers: letters, digits, - and _. Default "tggen".
	Name string

	// Dir is the folder of the server in the process. It is made if it does not exist, and one process at a time may use
	// it. Each write is on disk before it returns, unless NoSync is set. Default [DefaultDir].
	Dir string

	// NoSync says that the server in the process writes to disk every two minutes only, which is faster. What the process stored
	// survives its own death then, and not that of the machine.
	NoSync bool

	// Pending is how many messages of a partition a process may have received and not done. Their handlers may run at
	// the same time. After the death of a process, about so many messages of each of its partitions are handled one at a time, and
	// also those whose acknowledgement a server in the process has forgotten. At most 4096. Default 64.
	Pending int

	// MaxBytes is how large the stream of a queue may become. Then Publish fails. Default: no limit.
	MaxBytes int64

	// Logger logs lost and restored connections. Default [slog.Default].
	Logger *slog.Logger

	// Now is the clock by which records of the store expire. Default time.Now.
	Now func() time.Time
}

// A Connection is a connection to JetStream. Make one with [Open]. Its methods may be called concurrently.
type Connection struct {
	config Config
	nats   *nats.Conn
	js     jetstream.JetStream
	server *server.Server // nil if the server is another process
	lock   *dirLock       // of the server's folder
	id     string         // begins the ids of the members of queues that this connection opens
}

// maxPending is the largest Config.Pending. The marks of a partition name most items of so many bundles, and must fit into a message of a
// server.
const maxPending = 4096

// letters are the characters of a name.
const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

// startTime is how long the server in the process may take to be ready, beyond the context of Open: with millions of stored
// updates it reads its index first.
const startTime = time.Minute

// Open connects to the servers of [Config].URL, or starts a server in the process. It fails if no server answers, if ctx
// ends before, and if another process uses the folder.
func Open(ctx context.Context, config Config) (*Connection, error) {
	if config.Logger == nil {
		config.Logger = slog.Default()
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Name == "" {
		config.Name = "tggen"
	}
	if strings.Trim(config.Name, letters) != "" {
		return nil, fmt.Errorf("opening JetStream: the name %q has other characters than letters, digits, - and _", config.Name)
	}
	if config.Pending <= 0 {
		config.Pending = 64
	}
	if config.Pending > maxPending {
		return nil, fmt.Errorf("opening JetStream: %d pending messages are more than %d", config.Pending, maxPending)
	}
	c := &Connection{config: config, id: nuid.Next()}
	if err := c.open(ctx); err != nil {
		c.Close()
		return nil, fmt.Errorf("opening JetStream: %w", err)
	}
	return c, nil
}

func (c *Connection) open(ctx context.Context) error {
	url, options := c.config.URL, []nats.Option{
		nats.Name("tggen"),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(250 * time.Millisecond),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				c.config.Logger.Warn("the connection to NATS is lost, will connect again", "error", err)
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) { c.config.Logger.Info("the connection to NATS works again") }),
	}
	if url == "" {
		if err := c.serve(ctx); err != nil {
			return err
		}
		options = append(options, nats.InProcessServer(c.server))
	} else {
		options = append(options, c.config.Options...)
	}
	var err error
	if c.nats, err = nats.Connect(url, options...); err != nil {
		return fmt.Errorf("connecting: %w", err)
	}
	if c.js, err = jetstream.New(c.nats); err != nil {
		return err
	}
	if _, err = c.js.AccountInfo(ctx); err != nil {
		return fmt.Errorf("asking for JetStream: %w", err)
	}
	return nil
}

// serve starts the server in the process. It listens on no port.
func (c *Connection) serve(ctx context.Context) error {
	dir := c.config.Dir
	if dir == "" {
		dir = DefaultDir
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	var err error
	if c.lock, err = lockDir(filepath.Join(dir, "lock")); err != nil {
		return fmt.Errorf("folder %s: %w", dir, err)
	}
	c.server, err = server.NewServer(&server.Options{
		ServerName: "tggen",
		JetStream:  true,
		StoreDir:   dir,
		SyncAlways: !c.config.NoSync,
		DontListen: true,
		NoSigs:     true,
		NoLog:      true,
	})
	if err != nil {
		return fmt.Errorf("making a server in the process: %w", err)
	}
	c.server.Start() // Close waits for what it starts
	for start := time.Now(); !c.server.ReadyForConnections(50 * time.Millisecond); {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("waiting for the server in the process: %w", err)
		}
		if time.Since(start) > startTime {
			return errors.New("the server in the process did not start within a minute")
		}
	}
	return nil
}

// Close closes the connection and stops the server in the process. What was opened with the connection fails from then on. Further
// calls do nothing.
func (c *Connection) Close() {
	if c.nats != nil {
		c.nats.Close()
	}
	if c.server != nil {
		c.server.Shutdown()
		c.server.WaitForShutdown()
	}
	if c.lock != nil {
		c.lock.release()
	}
}
