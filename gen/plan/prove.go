package plan

// prove looks for mistakes that no single line of the spec shows: they are in how its parts fit together.
func (r *resolver) prove() {
	for _, h := range r.plan.Handlers {
		if len(h.Queries) == 0 {
			continue // query has reported that all of them are wrong
		}
		r.checkFields(h)
		if h.Callback != nil {
			r.checkCallbackSize(h)
		}
	}
	r.checkDeclarations()
	r.checkFinds()
	r.checkSessionFields()
	r.checkStates()
	r.checkSessionKeys()
	r.checkReachable()
	r.checkCallbackClashes()
	r.checkMenu()
	r.checkSettings()
	r.checkQueue()
}
