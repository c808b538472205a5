package uapi

import (
	"bytes"
	"fmt"
	"reflect"
	"testing"
)

// message is what every structure of the package is.
type message interface {
	Decode(b []byte)
	Put(b []byte)
}

// fresh returns an empty message of the same type.
func fresh(m message) message { return reflect.New(reflect.TypeOf(m).Elem()).Interface().(message) }

// pattern returns n bytes that all differ from their neighbours and from zero.
func pattern(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i%255 + 1)
	}
	return b
}

func TestEveryStructure(t *testing.T) {
	for _, m := range messages {
		t.Run(fmt.Sprintf("%T", m.message), func(t *testing.T) {
			whole := pattern(m.size)
			full := fresh(m.message)
			full.Decode(whole)

			long := fresh(m.message)
			long.Decode(append(bytes.Clone(whole), 0xff, 0xff))
			if !reflect.DeepEqual(long, full) {
				t.Errorf("more bytes than it has make %+v of %+v", long, full)
			}
			for n := range whole {
				short, padded := fresh(m.message), fresh(m.message)
				short.Decode(whole[:n:n])
				padded.Decode(append(bytes.Clone(whole[:n]), make([]byte, m.size-n)...))
				if !reflect.DeepEqual(short, padded) {
					t.Errorf("%d bytes are %+v, with zeros after them %+v", n, short, padded)
				}
			}
			out := bytes.Repeat([]byte{0xff}, m.size+1)
			full.Put(out)
			for i, b := range out[:m.size] {
				if b != whole[i] && b != 0 {
					t.Errorf("byte %d was %#x, is %#x: neither the field's nor zero", i, whole[i], b)
				}
			}
			if out[m.size] != 0xff {
				t.Error("Put writes more than its size")
			}
			again := fresh(m.message)
			again.Decode(out)
			if !reflect.DeepEqual(again, full) {
				t.Errorf("%+v was put and read as %+v", full, again)
			}
			zero := reflect.ValueOf(full).Elem()
			for i := range zero.NumField() {
				if zero.Field(i).IsZero() {
					t.Errorf("field %s is not read", zero.Type().Field(i).Name)
				}
			}
		})
	}
}
