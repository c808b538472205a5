package wire

import (
	"testing"

	"kern.sys/internal/uapi"
)

func TestAddFlags(t *testing.T) {
	r := NewRequest(1, uapi.NLM_F_EXCL)
	r.AddFlags(uapi.NLM_F_CREATE)
	var h uapi.Nlmsghdr
	h.Decode(r.Bytes())
	if h.Flags != uapi.NLM_F_REQUEST|uapi.NLM_F_EXCL|uapi.NLM_F_CREATE || h.Type != 1 {
		t.Errorf("%+v", h)
	}
}
