package netlink

import (
	"bytes"
	"errors"
	"math"
	"net"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/nltest"
	"kern.sys/netlink/wire"
)

// numbersIn calls f for every number in v, in structures that it refers to as well.
func numbersIn(v reflect.Value, path string, depth int, f func(path string, number reflect.Value)) {
	filled := func(with reflect.Value, within func(reflect.Value)) {
		if v.CanSet() && v.IsNil() {
			v.Set(with)
			within(v)
			v.SetZero()
		}
	}
	switch typ := v.Type(); {
	case depth > 4:
	case v.CanInt(), v.CanUint():
		f(path, v)
	case v.Kind() == reflect.Pointer && !v.IsNil():
		numbersIn(v.Elem(), path, depth+1, f)
	case v.Kind() == reflect.Pointer:
		filled(reflect.New(typ.Elem()), func(v reflect.Value) { numbersIn(v.Elem(), path, depth+1, f) })
	case v.Kind() == reflect.Slice && typ.Elem().Kind() != reflect.Uint8:
		filled(reflect.MakeSlice(typ, 1, 1), func(v reflect.Value) { numbersIn(v.Index(0), path+"[0]", depth+1, f) })
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if typ.Field(i).IsExported() {
				numbersIn(v.Field(i), path+"."+typ.Field(i).Name, depth+1, f)
			}
		}
	}
}

// setNumber reports whether a number could be set to n.
func setNumber(v reflect.Value, n int64) bool {
	if v.CanInt() {
		if v.OverflowInt(n) {
			return false
		}
		v.SetInt(n)
	} else {
		if n < 0 || v.OverflowUint(uint64(n)) {
			return false
		}
		v.SetUint(uint64(n))
	}
	return true
}

// notCut fails where a number that has more bits than there is room for is encoded as one of fewer bits.
func notCut(t *testing.T, name string, v reflect.Value, encode func() ([]byte, error)) (numbers int) {
	t.Helper()
	numbersIn(v, name, 0, func(path string, number reflect.Value) {
		old := reflect.New(number.Type()).Elem()
		old.Set(number)
		defer number.Set(old)
		encoded := func(n int64) ([]byte, bool) {
			if !setNumber(number, n) {
				return nil, false
			}
			b, err := encode()
			return bytes.Clone(b), err == nil && b != nil
		}
		is := false
		for _, n := range []int64{3, 77} {
			b, ok := encoded(n)
			next, ok2 := encoded(n + 1)
			if !ok || !ok2 || bytes.Equal(b, next) {
				continue
			}
			is = true
			for _, bits := range []uint{4, 8, 12, 16, 20, 24, 32} {
				reported := bits == 4 && strings.HasSuffix(path, ".Flags") // flags such as RTNH_F_LINKDOWN are not sent
				if wide, ok := encoded(n + 1<<bits); ok && bytes.Equal(wide, b) && !reported {
					t.Errorf("%s %s: %#x is sent as %#x", path, number.Type(), n+1<<bits, n)
				}
			}
		}
		if !is {
			return
		}
		numbers++
		// -1 is for some numbers what is not set, and -2 no number of anything.
		below, ok := encoded(-2)
		if wide, ok2 := encoded(math.MaxUint32 - 1); ok && ok2 && bytes.Equal(below, wide) && number.Type().Bits() > 32 {
			t.Errorf("%s %s: -2 is sent as %#x", path, number.Type(), uint32(math.MaxUint32-1))
		}
	})
	return numbers
}

// withFives sets all numbers of the structure that v points to, but those of structures it points to: so what depends
// on another number is sent, too.
func withFives(v reflect.Value) {
	for i := range v.NumField() {
		f := v.Field(i)
		switch {
		case !f.CanSet():
		case f.Kind() == reflect.Struct:
			withFives(f)
		default:
			if f.CanInt() || f.CanUint() {
				setNumber(f, 5)
			}
		}
	}
}

// notCutOfKinds does notCut for all kinds in a table, as they are made and with numbers everywhere.
func notCutOfKinds[I any](t *testing.T, table string, kinds kindTable[I],
	encode func(e *wire.Encoder, v I)) (numbers int) {
	t.Helper()
	for _, name := range kinds.names() {
		v, ok := kinds.new(name)
		if !ok || holdsNil(v) {
			continue
		}
		p := reflect.ValueOf(v)
		bytes := func() ([]byte, error) {
			var e wire.Encoder
			encode(&e, v)
			return e.Bytes(), e.Err()
		}
		numbers += notCut(t, table+" "+name, p, bytes)
		withFives(p.Elem())
		numbers += notCut(t, table+" "+name, p, bytes)
	}
	return numbers
}

// TestNumbersOfKindsAreNotCut is TestNumbersThatDoNotFitAreRefused for every number that a kind has.
func TestNumbersOfKindsAreNotCut(t *testing.T) {
	if math.MaxInt == math.MaxInt32 {
		t.Skip("an int has 32 bits here: all of them fit")
	}
	n := notCutOfKinds(t, "link", linkKinds, func(e *wire.Encoder, v Link) { encodeAttributed(e, v) })
	n += notCutOfKinds(t, "port", portKinds, func(e *wire.Encoder, v LinkSlave) { encodeAttributed(e, v) })
	n += notCutOfKinds(t, "encapsulation", encapKinds, func(e *wire.Encoder, v Encap) {
		b, err := v.Encode()
		e.Fail(err)
		copy(e.Raw(len(b)), b)
	})
	n += notCutOfKinds(t, "queueing discipline", qdiscKinds, encodeQdisc)
	n += notCutOfKinds(t, "class", classKinds, func(e *wire.Encoder, v Class) { encodeTcKind(e, v.Type(), v, true) })
	n += notCutOfKinds(t, "filter", filterKinds, func(e *wire.Encoder, v Filter) { encodeTcKind(e, v.Type(), v, true) })
	n += notCutOfKinds(t, "action", actionKinds, func(e *wire.Encoder, v Action) {
		a := v.Attrs()
		a.Capab, a.Refcnt, a.Bindcnt = 0, 0, 0 // what the kernel does not read
		encodeAction(e, v)
	})
	if n < 1000 {
		t.Errorf("only %d numbers were looked at", n)
	}
}

// encodeAttributed appends the attributes of a kind that has some.
func encodeAttributed(e *wire.Encoder, v any) {
	if a, ok := v.(attributed); ok {
		encodeAttrs(e, a)
	}
}

// TestNumbersInArgumentsAreNotCut does so for the numbers in every change's arguments, by what is sent.
func TestNumbersInArgumentsAreNotCut(t *testing.T) {
	if math.MaxInt == math.MaxInt32 {
		t.Skip("an int has 32 bits here: all of them fit")
	}
	var sent []byte
	answer := func(b []byte) []nltest.Datagram {
		switch typ, dump := native.Uint16(b[4:]), native.Uint16(b[6:])&uapi.NLM_F_DUMP == uapi.NLM_F_DUMP; {
		case typ == uapi.RTM_GETLINK && !dump:
			return []nltest.Datagram{{Data: nltest.Message(b, uapi.RTM_NEWLINK, 0,
				linkMessage(uapi.Ifinfomsg{Index: 77}, nil))}}
		case typ == uapi.GENL_ID_CTRL && !dump:
			return answerWith(b, uapi.GENL_ID_CTRL, attributes(uapi.GENL_HDRLEN, func(e *wire.Encoder) {
				e.Uint16(uapi.CTRL_ATTR_FAMILY_ID, 0x77)
				e.String(uapi.CTRL_ATTR_FAMILY_NAME, "family")
			}))
		}
		sent = append(sent, b...)
		copy(sent[len(sent)-len(b)+8:], make([]byte, 8)) // the sequence number and the port
		if native.Uint16(b[6:])&uapi.NLM_F_DUMP == uapi.NLM_F_DUMP {
			return []nltest.Datagram{{Data: nltest.Done(b, 0, 0)}}
		}
		return []nltest.Datagram{{Data: nltest.Ack(b, 0, nil)}}
	}
	open := map[int]*wire.Conn{}
	for _, protocol := range []int{uapi.NETLINK_ROUTE, uapi.NETLINK_XFRM, uapi.NETLINK_NETFILTER, uapi.NETLINK_GENERIC,
		uapi.NETLINK_SOCK_DIAG, uapi.NETLINK_RDMA} {
		k := &nltest.Kernel{Answer: answer}
		c, err := wire.Dial(wire.Config{Protocol: protocol, Dial: k.Dial})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		open[protocol] = c
	}
	h := reflect.ValueOf(&Handle{conns: &conns{open: open}})
	// Of actions and links there is the other test; events and namespaces are no changes.
	others := regexp.MustCompile("Subscribe|Monitor|Events$|Watch|Mirror|^Filter|^Qdisc|^Class|^LinkAdd$|^LinkModify$|" +
		"Ns(Fd|Pid)|Close|Iter$|Timeout|^RdmaStatistic$")
	numbers := 0
	for i := range h.NumMethod() {
		name, method := h.Type().Method(i).Name, h.Method(i)
		if typ := method.Type(); others.MatchString(name) || typ.NumOut() == 0 || typ.IsVariadic() ||
			typ.Out(typ.NumOut()-1) != reflect.TypeFor[error]() {
			continue
		}
		args := make([]reflect.Value, method.Type().NumIn())
		for j := range args {
			args[j] = plausible(method.Type().In(j))
		}
		call := func() (b []byte, err error) {
			defer func() {
				if p := recover(); p != nil {
					t.Fatalf("%s: %v", name, p)
				}
			}()
			sent = nil
			out := method.Call(args)
			if err, _ = out[len(out)-1].Interface().(error); len(sent) != 0 && !errors.Is(err, wire.ErrMalformed) {
				err = nil // the answer is not what was asked for
			}
			return sent, err
		}
		for j := range args {
			if args[j].Kind() != reflect.Pointer || !args[j].IsNil() {
				numbers += notCut(t, name, args[j], call)
			}
		}
	}
	if numbers < 100 {
		t.Errorf("only %d numbers were sent", numbers)
	}
}

// plausible is a value of a type with which most changes are sent.
func plausible(typ reflect.Type) reflect.Value {
	v := reflect.New(typ).Elem()
	prefix := &net.IPNet{IP: net.IP{10, 1, 0, 0}, Mask: net.CIDRMask(16, 32)}
	switch {
	case typ == reflect.TypeFor[Link]():
		v.Set(reflect.ValueOf(&Device{LinkAttrs{Index: 77, Name: "x", TxQLen: -1}}))
	case typ == reflect.TypeFor[net.IP]():
		v.SetBytes(prefix.IP)
	case typ == reflect.TypeFor[net.HardwareAddr]():
		v.SetBytes([]byte{2, 0, 0, 0, 0, 1})
	case typ == reflect.TypeFor[*net.IPNet]():
		v.Set(reflect.ValueOf(prefix))
	case v.Kind() == reflect.String:
		v.SetString("x")
	case v.Kind() == reflect.Pointer && typ.Elem().Kind() == reflect.Struct:
		v.Set(reflect.New(typ.Elem()))
		fillPlausible(v.Elem())
	case v.Kind() == reflect.Struct:
		fillPlausible(v)
	}
	return v
}

// fillPlausible sets addresses, names and prefixes of a structure.
func fillPlausible(v reflect.Value) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() || strings.HasPrefix(f.Name, "From") {
			continue
		}
		switch f.Type {
		case reflect.TypeFor[net.IP](), reflect.TypeFor[*net.IPNet](), reflect.TypeFor[net.HardwareAddr]():
			v.Field(i).Set(plausible(f.Type))
		}
	}
}
