// Package sessiontest tests implementations of [session.Store]. A store's own tests call [Run], or [RunPersistent] if its
// records survive the process:
//
//	func TestStore(t *testing.T) {
//		sessiontest.Run(t, func(t *testing.T, at sessiontest.Place) session.Store {
//			return mystore.New(mystore.Config{Now: at.Now})
//		})
//	}
package sessiontest

import (
	"testing"
	"time"

	"github.com/tggen/tggen/runtime/session"
)

// A Place is where a store keeps its records, and the clock by which they expire.
type Place struct {
	// Dir is an empty folder. Stores that are opened with the same Dir have the same records, if they are persistent.
	// A store on a server may use the name as that of a table.
	Dir string

	// Now is the clock of the store. It stands still until the test moves it forward.
	Now func() time.Time
}

// Open opens the store at a place. If the store has to be closed, Open calls t.Cleanup.
type Open func(t *testing.T, at Place) session.Store

// Run tests all that [session.Store] promises for a store within one process. Each test opens a store at a place of its own.
func Run(t *testing.T, open Open) {
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.run(newSuite(t, open))
		})
	}
}

// RunPersistent tests what [Run] tests, and that two stores at the same place have the same records, at the same time and one
// after the other.
func RunPersistent(t *testing.T, open Open) {
	Run(t, open)
	for _, test := range persistentTests {
		t.Run(test.name, func(t *testing.T) {
			test.run(newSuite(t, open))
		})
	}
}

type test struct {
	name string
	run  func(s *suite)
}

var tests = []test{
	{"Absent", testAbsent},
	{"Put", testPut},
	{"LoadOrder", testLoadOrder},
	{"Delete", testDelete},
	{"Conflict", testConflict},
	{"AllOrNone", testAllOrNone},
	{"Repeat", testRepeat},
	{"RepeatDelete", testRepeatDelete},
	{"RepeatAfterOthers", testRepeatAfterOthers},
	{"Keys", testKeys},
	{"Data", testData},
	{"Limits", testLimits},
	{"Invalid", testInvalid},
	{"Memory", testMemory},
	{"Expiry", testExpiry},
	{"ExpiryChanges", testExpiryChanges},
	{"ExpiryInThePast", testExpiryInThePast},
	{"ExpiredRevision", testExpiredRevision},
	{"Sweep", testSweep},
	{"Scan", testScan},
	{"ScanPrefixes", testScanPrefixes},
	{"ScanPages", testScanPages},
	{"ScanExpiry", testScanExpiry},
	{"ScanInvalid", testScanInvalid},
	{"ScanMemory", testScanMemory},
	{"ScanWhileOthersWrite", testScanWhileOthersWrite},
	{"Context", testContext},
	{"Counter", testCounter},
	{"CounterWithLostAnswers", testCounterWithLostAnswers},
	{"Transfers", testTransfers},
	{"Model", testModel},
}

var persistentTests = []test{
	{"Reopen", testReopen},
	{"TwoStores", testTwoStores},
}
