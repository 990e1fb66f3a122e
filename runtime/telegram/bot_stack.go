package telegram

// growStack makes a goroutine's stack large enough to decode a message. A goroutine starts with a stack of 2 kB and
// doubles it as often as it must. Each time it copies the stack, and the copy costs more the more calls are on it. Many
// goroutines handle only one update. So they grow their stack once, here, while few calls are on it.
//
// The stack grows to 4 kB and no further: when a goroutine waits, the garbage collector halves a stack that is mostly
// unused, which is another copy, and it would halve one of 8 kB.
//
// The runtime grows the stack when the function is called, because its frame holds room. Nothing uses room: i is 0.
//
//go:noinline
func growStack(i int) byte {
	if i == 0 {
		return 0
	}
	var room [5 << 9]byte
	return room[i]
}
