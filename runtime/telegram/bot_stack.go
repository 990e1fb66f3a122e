package telegram

// growStack makes a goroutine's stack as large as decoding a message needs. A goroutine starts with 2 kB, and doubles that
// as often as it must, each time with a copy that costs the more the more calls are on the stack. Many goroutines handle
// no more than one update. So they grow once, here, while there are few calls.
//
// They grow to 4 kB and no further: of a goroutine that waits the garbage collector takes back what it does not use,
// again by a copy, and of 8 kB it would.
//
// The room is in the function's frame, for which the stack grows when it is called, and nothing touches it: i is 0.
//
//go:noinline
func growStack(i int) byte {
	if i == 0 {
		return 0
	}
	var room [5 << 9]byte
	return room[i]
}
