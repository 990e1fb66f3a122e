// Package trace holds the records in which a bot tells what becomes of its updates while somebody plays with it.
//
// A bot whose environment has BOT_TRACE_URL posts its records there as lines of JSON, with the content type [ContentType], at
// most 50 times a second. A receiver reads the body of each request with a [Decoder]. Only addresses of this machine are allowed: see
// [CheckURL].
//
// The records of one update are in the order in which things happened:
//
//	taken                       it was put into the sink, with its keys
//	started                     an attempt to handle it begins
//	loaded, entered, called     sessions that were loaded, handlers that run, calls that they have made
//	session                     a session was committed
//	finished                    the attempt is over
//
// An update that no handler wants has one record, dropped. An update that came before has a record repeated for each further time.
//
// While a bot is traced, each HTTP request of a call that a handler makes has the header [UpdateHeader], with the id of the update, and
// [CallHeader], with the number of the call. Calls count that are made with the context of the handler, or with the Bot of its event, or
// in a function that Event.Go started.
package trace

// ContentType is the content type of a request with records.
const ContentType = "application/x-ndjson"

const (
	// UpdateHeader is the header of a call's HTTP request that holds the id of the update whose handler makes the call.
	UpdateHeader = "Bot-Update"

	// CallHeader is the header of a call's HTTP request that holds [Record].Seq of the call. If a call is made again, for example
	// after a 429, all its requests have the same number.
	CallHeader = "Bot-Call"
)
