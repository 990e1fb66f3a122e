package telegram

// Contract ties generated code to this version of the runtime. A bot.gen.go declares a value of this type and spells the
// type out. If generator and runtime belong to different contracts, the two types differ, and the compiler's message
// shows the tag, which tells the author what to do. A change to what generated code may call, or must provide, gives
// the field another number.
type Contract = struct {
	V2 struct{} `tggen:"bot.gen.go and the tggen runtime disagree: run go generate"`
}
