package queue_test

import (
	"context"
	"testing"

	"github.com/tggen/tggen/runtime/queue"
	"github.com/tggen/tggen/runtime/queue/queuetest"
)

// A process opens queues, and remembers them, so that they can be killed.
type process struct {
	*queue.Memory
	opened []*queue.MemoryQueue
}

func (p *process) Open(ctx context.Context, config queue.Config) (queue.Queue, error) {
	q, err := p.Memory.Open(ctx, config)
	if err == nil {
		p.opened = append(p.opened, q.(*queue.MemoryQueue))
	}
	return q, err
}

func TestMemory(t *testing.T) {
	memory := queue.NewMemory()
	queuetest.Run(t, func(*testing.T) queuetest.Process {
		p := &process{Memory: memory}
		kill := func() {
			for _, q := range p.opened {
				q.Kill()
			}
		}
		return queuetest.Process{Opener: p, Kill: kill, Close: func() {}}
	})
}
