package unix_test

import (
	"testing"

	"kern.sys/unix"
)

func TestRISCVHWProbe(t *testing.T) {
	pairs := []unix.RISCVHWProbePairs{{Key: unix.RISCV_HWPROBE_KEY_BASE_BEHAVIOR}, {Key: 1 << 40}}
	err := unix.RISCVHWProbe(pairs, nil, 0)
	need(t, "riscv_hwprobe", "6.4", err)
	if pairs[0].Value&unix.RISCV_HWPROBE_BASE_BEHAVIOR_IMA == 0 || pairs[1].Key != -1 {
		t.Errorf("%+v", pairs)
	}
	var none unix.CPUSet
	none.Set(1023)
	fails(t, unix.RISCVHWProbe(pairs, &none, 0), unix.EINVAL)
}
