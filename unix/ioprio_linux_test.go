package unix_test

import (
	"testing"

	"kern.sys/unix"
)

func TestIoprio(t *testing.T) {
	const hint = unix.IOPRIO_HINT_DEV_DURATION_LIMIT_2
	v := unix.IoprioValue(unix.IOPRIO_CLASS_RT, 5, hint)
	if v>>unix.IOPRIO_CLASS_SHIFT != unix.IOPRIO_CLASS_RT || v&unix.IOPRIO_LEVEL_MASK != 5 ||
		v>>unix.IOPRIO_HINT_SHIFT&unix.IOPRIO_HINT_MASK != hint {
		t.Errorf("%#x", v)
	}
	onOwnThread(t, func() {
		for _, want := range []int{unix.IoprioValue(unix.IOPRIO_CLASS_BE, 6, 0),
			unix.IoprioValue(unix.IOPRIO_CLASS_IDLE, 0, 0)} {
			if err := unix.IoprioSet(unix.IOPRIO_WHO_PROCESS, 0, want); err != nil {
				t.Error(err)
			}
			if got, err := unix.IoprioGet(unix.IOPRIO_WHO_PROCESS, unix.Gettid()); got != want || err != nil {
				t.Errorf("%#x, %v, want %#x", got, err, want)
			}
		}
	})
	fails(t, unix.IoprioSet(unix.IOPRIO_WHO_PROCESS, 0, unix.IoprioValue(unix.IOPRIO_CLASS_INVALID, 0, 0)), unix.EINVAL)
	_, err := unix.IoprioGet(99, 0)
	fails(t, err, unix.EINVAL)
	_, err = unix.IoprioGet(unix.IOPRIO_WHO_PROCESS, 1<<30)
	fails(t, err, unix.ESRCH)
}
