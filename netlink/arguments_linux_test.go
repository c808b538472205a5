package netlink

import (
	"net"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// inInterfaces are values for arguments and fields that are interfaces: with a pointer that is nil, and odd ones.
var inInterfaces = map[reflect.Type][]any{
	reflect.TypeFor[Destination]():           {(*MPLSDestination)(nil), (*Via)(nil), &Via{}},
	reflect.TypeFor[Encap]():                 {(*MPLSEncap)(nil), (*IPtnlEncap)(nil), (*GenericEncap)(nil), &SEG6Encap{}},
	reflect.TypeFor[Link]():                  {&Device{LinkAttrs{Index: 1}}, (*Dummy)(nil), &GenericLink{}},
	reflect.TypeFor[LinkSlave]():             {(*BondSlave)(nil), &VrfSlave{}},
	reflect.TypeFor[Action]():                {(*GenericAction)(nil), &MirredAction{}},
	reflect.TypeFor[CustomConntrackFilter](): {&ConntrackFilter{}},
	reflect.TypeFor[any]():                   {(*int)(nil), "x", 5, NsFd(-1)},
	reflect.TypeFor[net.Addr]():              {(*net.TCPAddr)(nil), &net.UDPAddr{}},
}

// oddValues returns values of a type of which one part is at a bound, or is very long; depth is of structures in each
// other.
func oddValues(typ reflect.Type, depth int) (all []reflect.Value) {
	add := func(v any) { all = append(all, reflect.ValueOf(v).Convert(typ)) }
	inField := func(set func(v reflect.Value, i int)) {
		for i := range typ.NumField() {
			if typ.Field(i).IsExported() && depth < 4 {
				for _, v := range oddValues(typ.Field(i).Type, depth+1) {
					set(v, i)
				}
			}
		}
	}
	switch typ.Kind() {
	case reflect.Pointer:
		all = append(all, reflect.Zero(typ), reflect.New(typ.Elem()))
		for _, v := range oddValues(typ.Elem(), depth) {
			p := reflect.New(typ.Elem())
			p.Elem().Set(v)
			all = append(all, p)
		}
	case reflect.Struct:
		inField(func(v reflect.Value, i int) {
			s := reflect.New(typ).Elem()
			s.Field(i).Set(v)
			all = append(all, s)
		})
	case reflect.Slice:
		sizes := []int{1, 4000}
		if typ.Elem().Kind() == reflect.Uint8 {
			sizes = []int{0, 1, 3, 4, 5, 6, 8, 16, 17, 1 << 16, 1 << 20}
		}
		for _, n := range sizes {
			all = append(all, reflect.MakeSlice(typ, n, n))
		}
		for _, v := range oddValues(typ.Elem(), depth+1) {
			if typ.Elem().Kind() != reflect.Uint8 {
				all = append(all, reflect.Append(reflect.Zero(typ), v))
			}
		}
	case reflect.Interface:
		for _, v := range inInterfaces[typ] {
			all = append(all, reflect.ValueOf(v))
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		for _, n := range []int64{-1, 1, 1<<15 - 1, 1<<31 - 1, -1 << 31} {
			add(n)
		}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		for _, n := range []uint64{1, 1 << 15, 1<<32 - 1, 1<<64 - 1} {
			add(n)
		}
	case reflect.String:
		for _, s := range []string{"x", "a/b", "\x00", strings.Repeat("n", 1<<18), strings.Repeat("é\x01", 1<<12)} {
			add(s)
		}
	}
	return all
}

// oddKinds adds values of all kinds in a table to those of its interface.
func oddKinds[I any](values map[reflect.Type][]reflect.Value, kinds kindTable[I]) {
	typ := reflect.TypeFor[I]()
	for _, name := range kinds.names() {
		if v, ok := kinds.new(name); ok && !holdsNil(v) {
			values[typ] = append(values[typ], oddValues(reflect.TypeOf(v), 0)...)
		}
	}
}

// TestOddArguments calls every method of a handle with arguments of which one part is nil, at a bound or very long:
// none panics, and no error repeats all of it.
func TestOddArguments(t *testing.T) {
	h, _ := newHandle(t)
	h.details = true
	// These do not end, or concern processes and namespaces of others.
	others := regexp.MustCompile("Events$|Monitor|Subscribe|Watch|Mirror|SetNetNs|SetNs|SystemSet|Batch$|^WithContext|" +
		"Close")
	values := map[reflect.Type][]reflect.Value{}
	oddKinds(values, qdiscKinds)
	oddKinds(values, classKinds)
	oddKinds(values, filterKinds)
	oddKinds(values, portKinds)
	links := map[reflect.Type][]reflect.Value{}
	oddKinds(links, linkKinds)
	handle, calls := reflect.ValueOf(h), 0
	for i := range handle.NumMethod() {
		name, method := handle.Type().Method(i).Name, handle.Method(i)
		if others.MatchString(name) {
			continue
		}
		typ := method.Type()
		args := make([]reflect.Value, typ.NumIn())
		for j := range args {
			odd := values[typ.In(j)]
			if odd == nil {
				odd = oddValues(typ.In(j), 0)
			}
			if name == "LinkAdd" || name == "LinkModify" {
				odd = slices.Concat(odd, links[typ.In(j)])
			}
			for _, v := range odd {
				for k := range args {
					args[k] = reflect.Zero(typ.In(k))
					if c, ok := contexts(typ.In(k)); ok {
						args[k] = c
					} else if typ.In(k) == reflect.TypeFor[Link]() {
						args[k] = reflect.ValueOf(Link(&Device{LinkAttrs{Index: 1}}))
					}
				}
				args[j] = v
				calls++
				callOdd(t, name, method, args)
			}
		}
	}
	if calls < 20000 {
		t.Errorf("only %d calls were made", calls)
	}
}

// callOdd makes one call.
func callOdd(t *testing.T, name string, method reflect.Value, args []reflect.Value) {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			t.Fatalf("%s panics: %v (%.300v)", name, p, args)
		}
	}()
	var results []reflect.Value
	if method.Type().IsVariadic() {
		results = method.CallSlice(args)
	} else {
		results = method.Call(args)
	}
	err, _ := outcome(results)
	if err == nil {
		return
	}
	if s := err.Error(); len(s) > 1500 {
		t.Errorf("%s: an error of %d bytes: %.300s", name, len(s), s)
	}
}
