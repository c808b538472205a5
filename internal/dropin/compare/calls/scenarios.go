package main

import (
	"reflect"
	"strconv"
)

// scenario makes calls that need one another. What it passes to note is compared; by the same name it is so in order.
type scenario func(note note)

type note func(what string, values ...any)

var scenarios = map[string]scenario{
	"scenario:addresses":  addressesOfKernel,
	"scenario:control":    controlMessages,
	"scenario:empty":      emptyMessages,
	"scenario:files":      filesAndNames,
	"scenario:handles":    handles,
	"scenario:interfaces": interfaces,
	"scenario:memory":     memory,
	"scenario:names":      namesOfSockets,
	"scenario:notify":     notifications,
	"scenario:ptrace":     traced,
	"scenario:tcp":        connections,
	"scenario:timeouts":   timeouts,
}

func runScenario(r *recorder, s scenario, first int) {
	newWorld(nil, true)
	if first > 0 {
		return // it blocked or ended
	}
	r.begin(0, "")
	n := map[string]int{}
	s(func(what string, values ...any) {
		for _, v := range values {
			path := what
			if n[what]++; n[what] > 1 {
				path += "#" + strconv.Itoa(n[what])
			}
			if v == nil {
				r.leaf(path, "nil")
			} else {
				r.value(path, reflect.ValueOf(v), 0)
			}
			r.calls.Add(1)
		}
	})
	r.end()
}
