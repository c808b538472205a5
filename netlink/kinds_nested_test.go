package netlink

import (
	"reflect"
	"testing"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// What follows is a filter whose attributes hold a list of actions, which have kinds of their own: how a kind
// refers to another table, in both directions and in its description.

type testAction interface{ actionKind() string }

type testGact struct{ Verdict uint32 }

func (*testGact) actionKind() string { return "gact" }

func (a *testGact) attrs(c *attr.Codec) { attr.U32(c, 2, &a.Verdict) }

func (*testGact) describe() desc.Kind {
	return desc.Kind{Fields: []desc.Field{{Type: 2, Key: "verdict", Form: desc.U32}}}
}

// testPolice has options that are a structure and no attributes.
type testPolice struct{ Limit uapi.IflaVlanQosMapping }

func (*testPolice) actionKind() string { return "police" }

func (a *testPolice) attrs(c *attr.Codec) { attr.Header(c, uapi.SizeofIflaVlanQosMapping, &a.Limit) }

var testActions = kindTable[testAction]{
	{"gact", of[testGact]},
	{"police", of[testPolice]},
}

type testFilter struct{ Actions []testAction }

const (
	testFilterActions = 7
	testActionKind    = 1 // string
	testActionOptions = 2 // nest
)

func (f *testFilter) attrs(c *attr.Codec) {
	attr.Array(c, testFilterActions, 1, &f.Actions, codeTestAction)
}

// codeTestAction is one action of the list. One of a kind that is not known stays nil.
func codeTestAction(c *attr.Codec, t attr.Type, a *testAction) {
	attr.Nest(c, t, func(c *attr.Codec) {
		var kind string
		if *a != nil {
			kind = (*a).actionKind()
		}
		attr.String(c, testActionKind, &kind)
		if c.Decoding() {
			*a, _ = testActions.new(kind)
		}
		if coded, ok := (*a).(attributed); ok {
			attr.Nest(c, testActionOptions, coded.attrs)
		}
	})
}

// showTestActions prints the actions by the descriptions of their kinds.
func showTestActions(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	p.Array(f.Key)
	for d := wire.NewDecoder(b); d.Next(); {
		action := desc.ParseAttrs(d.Data())
		kind := string(untilNUL(action[testActionKind]))
		p.Object("")
		p.Str("kind", "action %s ", kind)
		if k := testActions.describe(kind); k != nil {
			desc.Show(p, k, action[testActionOptions])
		}
		p.EndObject()
	}
	p.EndArray()
}

func TestKindsInsideKinds(t *testing.T) {
	want := testFilter{Actions: []testAction{&testGact{Verdict: 5},
		&testPolice{Limit: uapi.IflaVlanQosMapping{From: 1, To: 2}}}}
	var e wire.Encoder
	encodeAttrs(&e, &want)
	if err := e.Err(); err != nil {
		t.Fatal(err)
	}
	var hand wire.Encoder
	hand.Nest(testFilterActions)
	hand.Nest(1)
	hand.String(testActionKind, "gact")
	hand.Nest(testActionOptions)
	hand.Uint32(2, 5)
	hand.End()
	hand.End()
	hand.Nest(2)
	hand.String(testActionKind, "police")
	hand.Struct(testActionOptions, uapi.SizeofIflaVlanQosMapping, &uapi.IflaVlanQosMapping{From: 1, To: 2})
	hand.End()
	hand.End()
	if string(e.Bytes()) != string(hand.Bytes()) {
		t.Errorf("sent\n%x, want\n%x", e.Bytes(), hand.Bytes())
	}
	var got testFilter
	if err := decodeAttrs(&got, hand.Bytes()); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("read %+v, %v", got, err)
	}
	p := desc.Printer{}
	p.Reset()
	desc.Show(&p, &desc.Kind{Fields: []desc.Field{{Type: testFilterActions, Key: "actions", Show: showTestActions}}},
		e.Bytes())
	if got := string(p.Bytes()); got != "action gact verdict 5 action police " {
		t.Errorf("shown as %q", got)
	}
}
