package netlink

import (
	"context"
	"errors"
	"iter"
	"reflect"
	"strings"
	"testing"

	"kern.sys/netlink/wire"
)

// callAll calls the methods of recv that which chooses with arguments that are zero, but for those of
// which arg knows a value, and hands on the last result and the first.
func callAll(t *testing.T, recv reflect.Value, which func(reflect.Type) bool,
	arg func(reflect.Type) (reflect.Value, bool), each func(name string, results []reflect.Value)) {
	t.Helper()
	for i := range recv.NumMethod() {
		name, m := recv.Type().Method(i).Name, recv.Method(i)
		if !which(m.Type()) {
			continue
		}
		func() {
			defer func() {
				if p := recover(); p != nil {
					t.Errorf("%s panics: %v", name, p)
				}
			}()
			var in []reflect.Value
			for j := range m.Type().NumIn() {
				typ := m.Type().In(j)
				if v, ok := arg(typ); ok {
					in = append(in, v)
				} else if !m.Type().IsVariadic() || j < m.Type().NumIn()-1 {
					in = append(in, reflect.Zero(typ))
				}
			}
			each(name, m.Call(in))
		}()
	}
}

// outcome returns the error of a call's results: the last one, or that of an
// iteration.
func outcome(results []reflect.Value) (err error, has bool) {
	if len(results) == 0 {
		return nil, false
	}
	last := results[len(results)-1]
	if seq := last; seq.Kind() == reflect.Func && seq.Type().NumIn() == 1 {
		for _, e := range seq.Seq2() {
			err, _ = e.Interface().(error)
		}
		return err, true
	}
	if last.Type() != reflect.TypeFor[error]() {
		return nil, false
	}
	err, _ = last.Interface().(error)
	return err, true
}

var _ iter.Seq2[Link, error] // what outcome iterates over

// contexts are an argument that has to be there.
func contexts(typ reflect.Type) (reflect.Value, bool) {
	if typ == reflect.TypeFor[context.Context]() {
		return reflect.ValueOf(context.Background()), true
	}
	return reflect.Value{}, false
}

func TestMethodsOfANilHandleFail(t *testing.T) {
	var none *Handle
	all := func(reflect.Type) bool { return true }
	callAll(t, reflect.ValueOf(none), all, contexts, func(name string, results []reflect.Value) {
		if err, has := outcome(results); has && err == nil {
			t.Errorf("%s returns no error", name)
		}
	})
	b := none.NewBatch()
	b.RouteAdd(&Route{})
	if errs := b.Flush(); len(errs) != 1 || errs[0] == nil {
		t.Errorf("Flush of its batch: %v", errs)
	}
}

// takesLink chooses the methods that have an argument which is a link.
func takesLink(method reflect.Type) bool {
	for i := range method.NumIn() {
		if method.In(i) == reflect.TypeFor[Link]() {
			return true
		}
	}
	return false
}

// A link that is nil inside its interface is one that a look-up which failed left.
func TestNilLinksAreRefused(t *testing.T) {
	h, _ := newHandle(t)
	for kind, link := range map[string]Link{"dummy": (*Dummy)(nil), "veth": (*Veth)(nil), "tuntap": (*Tuntap)(nil),
		"generic": (*GenericLink)(nil)} {
		links := func(typ reflect.Type) (reflect.Value, bool) {
			if typ == reflect.TypeFor[Link]() {
				return reflect.ValueOf(link), true
			}
			if typ.Kind() == reflect.String {
				return reflect.ValueOf("name"), true
			}
			return contexts(typ)
		}
		callAll(t, reflect.ValueOf(h), takesLink, links, func(name string, results []reflect.Value) {
			err, _ := outcome(results)
			if err == nil || !strings.Contains(err.Error(), errNoLink.Error()) && !strings.Contains(err.Error(), "given") {
				t.Errorf("%s: %s of no link: %v", kind, name, err)
			}
		})
	}
	x := mustAdd(t, h, ifb("x0"))
	var lost Link
	if err := h.LinkSetMaster(x, lost); !errors.Is(err, errNoLink) {
		t.Errorf("LinkSetMaster to no link: %v", err)
	}
}

// What cannot be sent is an error of its place in Flush, whatever kind of change
// it is.
func TestBatchReportsAllInFlush(t *testing.T) {
	h, _ := newHandle(t)
	b := h.NewBatch()
	lo := &Device{LinkAttrs{Index: 1}}
	changes := map[string]func() error{
		"LinkAdd":        func() error { return b.LinkAdd(nil) },
		"LinkAdd typed":  func() error { return b.LinkAdd((*Dummy)(nil)) },
		"LinkAdd name":   func() error { return b.LinkAdd(&Dummy{LinkAttrs{Name: "a/b"}}) },
		"LinkSetName":    func() error { return b.LinkSetName(lo, "a/b") },
		"LinkSetMaster":  func() error { return b.LinkSetMaster(lo, nil) },
		"LinkSetHairpin": func() error { return b.LinkSetHairpin(nil, true) },
		"BridgeVniAdd":   func() error { return b.BridgeVniAdd(nil, 1) },
		"LinkDel":        func() error { return b.LinkDel(nil) },
		"AddrAdd":        func() error { return b.AddrAdd(lo, nil) },
		"NeighAdd":       func() error { return b.NeighAdd(nil) },
		"RouteAdd":       func() error { return b.RouteAdd(nil) },
		"RuleAdd":        func() error { return b.RuleAdd(nil) },
		"NexthopAdd":     func() error { return b.NexthopAdd(nil) },
		"NexthopDel":     func() error { return b.NexthopDel(nil) },
	}
	for name, change := range changes {
		for _, c := range []struct {
			do      func() error
			refused bool
		}{{change, true}, {func() error { return b.LinkSetUp(lo) }, false}} {
			if err := c.do(); err != nil {
				t.Errorf("%s: %v before Flush", name, err)
			}
		}
		errs := b.Flush()
		if len(errs) != 2 || errs[1] != nil {
			t.Errorf("%s: %v", name, errs)
			continue
		}
		var e *wire.Error
		if !errors.As(errs[0], &e) || e.Op == "" {
			t.Errorf("%s: %v", name, errs[0])
		}
	}
}
