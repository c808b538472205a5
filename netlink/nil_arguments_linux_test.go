package netlink

import (
	"context"
	"reflect"
	"regexp"
	"slices"
	"testing"
)

// mayBeNil are methods of which a pointer that is nil says something: all links, no filter, a default.
var mayBeNil = []string{
	"AddrList", "AddrSeq", "RouteList", "RouteSeq", "RouteListFiltered", "RouteListFilteredIter", "RouteSeqFiltered",
	"RouteEntries",
	"AppendRouteEntries", "AppendLinkEntries", "AppendNeighEntries", "AppendConntrackEntries", "RuleListFiltered",
	"RuleSeqFiltered",
	"QdiscList", "QdiscListInvisible", "QdiscSeq", "ClassList", "ClassSeq", "ChainList", "ChainSeq", "FilterList",
	"FilterListTerse",
	"FilterSeq",
	"ClassEntries", "AppendClassEntries", "FilterEntries", "AppendFilterEntries",
	"ConntrackDeleteFilters",
	"XfrmSpdSetThresholds", "LinkDelAll",
}

// takesPointer chooses the methods that take a pointer, an interface, a channel or a slice, and that end.
func takesPointer(method reflect.Type) bool {
	for i := range method.NumIn() {
		switch in := method.In(i); in.Kind() {
		case reflect.Pointer, reflect.Interface, reflect.Chan, reflect.Slice:
			if in != reflect.TypeFor[context.Context]() && !(method.IsVariadic() && i == method.NumIn()-1) {
				return true
			}
		}
	}
	return false
}

// TestNilArgumentsAreRefused gives nil to every method that takes what may be nil, and to those with a pointer to a
// structure an empty one: each has an error, or says that it takes nil, and none panics.
func TestNilArgumentsAreRefused(t *testing.T) {
	h, _ := newHandle(t)
	called := 0
	callAll(t, reflect.ValueOf(h), takesPointer, contexts, func(name string, results []reflect.Value) {
		called++
		if err, has := outcome(results); has && (err == nil) && !slices.Contains(mayBeNil, name) {
			t.Errorf("%s of nil returns no error", name)
		}
	})
	if called < 150 {
		t.Errorf("only %d methods were called", called)
	}
	empty := func(typ reflect.Type) (reflect.Value, bool) {
		if typ.Kind() == reflect.Pointer {
			return reflect.New(typ.Elem()), true
		}
		return contexts(typ)
	}
	callAll(t, reflect.ValueOf(h), takesPointer, empty, func(string, []reflect.Value) {})
}

// TestNilValuesInInterfacesAreRefused does so with interfaces that hold a pointer that is nil.
func TestNilValuesInInterfacesAreRefused(t *testing.T) {
	h, _ := newHandle(t)
	held := map[reflect.Type]any{
		reflect.TypeFor[Qdisc]():                 (*Htb)(nil),
		reflect.TypeFor[Class]():                 (*HtbClass)(nil),
		reflect.TypeFor[Filter]():                (*Flower)(nil),
		reflect.TypeFor[CustomConntrackFilter](): (*ConntrackFilter)(nil),
		reflect.TypeFor[LinkSlave]():             (*BondSlave)(nil),
		reflect.TypeFor[Link]():                  (*Dummy)(nil),
	}
	takes := func(method reflect.Type) bool {
		for i := range method.NumIn() {
			if held[method.In(i)] != nil {
				return true
			}
		}
		return false
	}
	args := func(typ reflect.Type) (reflect.Value, bool) {
		if v := held[typ]; v != nil {
			return reflect.ValueOf(v), true
		}
		return contexts(typ)
	}
	seen := map[string]bool{}
	callAll(t, reflect.ValueOf(h), takes, args, func(name string, results []reflect.Value) {
		seen[name] = true
		if err, has := outcome(results); has && err == nil {
			t.Errorf("%s of a nil value returns no error", name)
		}
	})
	for _, name := range []string{"QdiscAdd", "ClassDel", "FilterGet", "ConntrackDeleteFilter", "LinkSetSlave",
		"LinkAdd"} {
		if !seen[name] {
			t.Errorf("%s was not called", name)
		}
	}
}

// TestNilInBatchesFailsInFlush gives nil to every change in a batch: its error is in Flush, at its place.
func TestNilInBatchesFailsInFlush(t *testing.T) {
	h, _ := newHandle(t)
	b := h.NewBatch()
	// the last look first at what type the parameter has, and for the family
	lookUps := regexp.MustCompile("Subscribe|Monitor|Iter$|^DevlinkSetDeviceParam$|^VDPASetDev$")
	change := func(method reflect.Type) bool {
		return takesPointer(method) && method.NumOut() == 1 && method.Out(0) == reflect.TypeFor[error]()
	}
	called := 0
	callAll(t, reflect.ValueOf(b), change, contexts, func(name string, results []reflect.Value) {
		err, _ := outcome(results)
		errs := b.Flush()
		if lookUps.MatchString(name) {
			return
		}
		called++
		if refused := len(errs) == 1 && errs[0] != nil; err != nil || refused == slices.Contains(mayBeNil, name) {
			t.Errorf("%s: %v before Flush, which returns %v", name, err, errs)
		}
	})
	if called < 100 {
		t.Errorf("only %d changes were made", called)
	}
}
