package sqlstoretest

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/tggen/tggen/runtime/session"
	"github.com/tggen/tggen/runtime/session/sqlstore"
)

// benchmarkCommits measures the commits of several callers. Each writes one record of 200 bytes after the other, in random order;
// all together write 100,000 keys.
func benchmarkCommits(b *testing.B, store session.Store, callers int) {
	const keys = 100_000
	data := make([]byte, 200)
	for i := range data {
		data[i] = byte(rand.N(256))
	}
	var wg sync.WaitGroup
	b.ResetTimer()
	for c := range callers {
		wg.Go(func() {
			records := make(map[int]session.Record)
			for n := c; n < b.N; n += callers {
				// No other caller writes this key, as no other update changes a session while one does.
				i := rand.N(keys/callers)*callers + c
				r := records[i]
				r.Key = fmt.Sprint("signup:", i)
				w := r.Put(data, time.Now().Add(24*time.Hour))
				if err := store.Commit(b.Context(), []session.Write{w}); err != nil {
					b.Error(err)
					return
				}
				records[i] = w.Record()
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commits/s")
}

// BenchmarkSQLite measures a database file with WAL and synchronous=FULL.
func BenchmarkSQLite(b *testing.B) {
	for _, driver := range sqliteDrivers {
		for _, callers := range []int{1, 64, 256} {
			b.Run(fmt.Sprintf("%s/callers=%d", driver, callers), func(b *testing.B) {
				store := newStore(b, openSQLite(b, driver, b.TempDir()), sqlstore.Config{Dialect: sqlstore.SQLite})
				benchmarkCommits(b, store, callers)
			})
		}
	}
}
