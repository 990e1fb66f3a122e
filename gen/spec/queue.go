package spec

import (
	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/spec/internal/yaml"
)

// Queue is the durable queue between the source of updates and their handlers.
type Queue struct {
	// Pos is where the value of the key begins.
	Pos diag.Pos
	// Partitions is the number of partitions, 1 to 1024. Absent: [DefaultPartitions].
	Partitions Value[int]
	// Attempts is how often an update may be begun and never finished, 1 to 100. Absent: [DefaultQueueAttempts].
	Attempts Value[int]
}

func queueShape() *object[Queue] {
	return &object[Queue]{
		name: "queue", doc: "The durable queue between the source of updates and their handlers. Pass telegram.WithQueue to Run to say where it is.",
		keys: []key[Queue]{
			at("partitions", integer{1, 1024}, func(q *Queue) *Value[int] { return &q.Partitions },
				"The number of partitions. Each is handled by one process at a time, so at most as many processes share the work. It cannot be changed later.").or(DefaultPartitions),
			at("attempts", integer{1, 100}, func(q *Queue) *Value[int] { return &q.Attempts },
				"How often an update may be begun by a process that dies before its handler has returned. Then on_error gets a *PoisonError, and the "+
					"update is kept as a dead letter.").or(DefaultQueueAttempts),
		},
		example: func(text string) string {
			if plainNumber.MatchString(text) {
				return "write `queue: {partitions: " + shorten(text) + "}`"
			}
			return "write `queue: {partitions: 16}`"
		},
		check: func(p *parser, node *yaml.Node, q *Queue, _ map[string]*yaml.Node) bool {
			q.Pos = p.start(node).pos
			return true
		},
	}
}
