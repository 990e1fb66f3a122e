//go:build !unix

package exchange

import "time"

// processorTime is not known here.
func processorTime() time.Duration { return 0 }
