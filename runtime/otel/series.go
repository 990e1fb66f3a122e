package otel

import (
	"context"
	"maps"
	"math"
	"sync"
	"sync/atomic"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/tggen/tggen/runtime/telegram"
	tgcalls "github.com/tggen/tggen/runtime/telegram/calls"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

const schema = semconv.SchemaURL

// The attributes that the conventions do not have.
const (
	handlerKey   = attribute.Key("tggen.handler")
	methodKey    = attribute.Key("tggen.method")
	operationKey = attribute.Key("tggen.session.operation")
	stateKey     = attribute.Key("tggen.state")
	attemptKey   = attribute.Key("tggen.attempt")
	chatKey      = attribute.Key("tggen.chat.id")
	userKey      = attribute.Key("tggen.user.id")
	waitKey      = attribute.Key("tggen.wait")
)

const (
	noHandler = "none"  // of an update that no handler has matched
	other     = "other" // of what is not in a table
)

// The names of operations, which the conventions leave to the system.
const (
	processName = "process"
	receiveName = "receive"
	pollName    = "getUpdates"
)

// background is the context of all measurements.
var background = context.Background()

// A series is a set of attributes in the forms that the instruments take, so that a measurement allocates nothing.
type series struct {
	record  []metric.RecordOption
	add     []metric.AddOption
	observe []metric.ObserveOption
}

func newSeries(attrs ...attribute.KeyValue) *series {
	set := metric.WithAttributeSet(attribute.NewSet(attrs...))
	return &series{[]metric.RecordOption{set}, []metric.AddOption{set}, []metric.ObserveOption{set}}
}

// withFailure appends the type of an error, if there is one.
func withFailure(failure string, attrs ...attribute.KeyValue) *series {
	if failure != "" {
		attrs = append(attrs, semconv.ErrorTypeKey.String(failure))
	}
	return newSeries(attrs...)
}

var system = semconv.MessagingSystemKey.String("telegram")

// byKind has the series of each kind of update. They have only one attribute, because each costs some time.
var byKind = func() (all [wire.KindCount]*series) {
	for k := range all {
		all[k] = newSeries(semconv.MessagingDestinationName(wire.Kind(k).String()))
	}
	return all
}()

// polled is the series of answered polls.
var polled = newSeries(system, semconv.MessagingOperationName(pollName), semconv.MessagingOperationTypeReceive)

// A table has the series that were asked for. Its zero value is empty. It is read without a lock.
type table[K comparable] struct {
	mu  sync.Mutex
	all atomic.Pointer[map[K]*series]
}

// get returns the series of a key. If there is none, and fewer than limit, it keeps what build returns.
func (t *table[K]) get(key K, limit int, build func(K) *series) (s *series, ok bool) {
	if all := t.all.Load(); all != nil {
		if s := (*all)[key]; s != nil {
			return s, true
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	var next map[K]*series
	if all := t.all.Load(); all != nil {
		if s := (*all)[key]; s != nil {
			return s, true
		}
		next = maps.Clone(*all)
	} else {
		next = make(map[K]*series)
	}
	if len(next) >= limit {
		return nil, false
	}
	next[key] = build(key)
	t.all.Store(&next)
	return next[key], true
}

// An updateKey tells the series of updates apart.
type updateKey struct {
	handler, failure string
	kind             telegram.Kind
}

// maxSeries bounds the series of updates, because a hand-written dispatch can enter handlers of any name. The SDK merges those of an
// instrument from 2,000 on, unless it is told otherwise.
const maxSeries = 1_900

// updates has the series of updates by handler, kind and error.
type updates struct{ table[updateKey] }

// of returns the series of an update. failure is empty if there is no error.
func (t *updates) of(u *telegram.Envelope, failure string) *series {
	return t.find(updateKey{u.Handler(), failure, u.Kind})
}

func (t *updates) find(key updateKey) *series {
	if s, ok := t.get(key, maxSeries, t.build); ok {
		return s
	}
	key.handler = other
	return t.build(key)
}

func (*updates) build(key updateKey) *series {
	return withFailure(key.failure,
		system, semconv.MessagingOperationName(processName),
		semconv.MessagingDestinationName(key.kind.String()), handlerKey.String(handlerName(key.handler)))
}

func handlerName(handler string) string {
	if handler == "" {
		return noHandler
	}
	return handler
}

// A callKey tells the series of calls apart.
type callKey struct{ method, failure string }

// calls has the series of calls by method and error. The methods and the types of errors bound them.
type calls struct{ table[callKey] }

func (t *calls) of(method, failure string) *series {
	key := callKey{method, failure}
	if all := t.all.Load(); all != nil {
		if s := (*all)[key]; s != nil {
			return s
		}
	}
	key.method = methodName(method)
	s, _ := t.get(key, math.MaxInt, func(callKey) *series { return withFailure(failure, methodKey.String(key.method)) })
	return s
}

// methodName bounds the names of methods: an author can call any.
func methodName(method string) string {
	if tgcalls.Known(method) {
		return method
	}
	return other
}

func storeSeries(operation, failure string) *series {
	return withFailure(failure, operationKey.String(operation))
}
