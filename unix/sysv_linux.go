package unix

import (
	"encoding/binary"
	"runtime"
	"unsafe"
)

// ipcCommand returns the command of shmctl, msgctl and semctl that cmd is: on some architectures they answer in the
// structures of Linux 2.2 unless asked not to.
func ipcCommand(cmd int) int {
	switch runtime.GOARCH {
	case "arm", "mips64", "mips64le":
		return cmd | IPC_64
	}
	return cmd
}

// Msgsnd is msgsnd(2): it sends data as a message of a type, which is more than 0.
// On 386, mips, mipsle, ppc, ppc64, ppc64le, s390x and sparc64: Linux 5.1.
func Msgsnd(id, typ int, data []byte, flags int) error {
	msg := make([]byte, unsafe.Sizeof(typ)+uintptr(len(data)))
	*(*int)(unsafe.Pointer(&msg[0])) = typ
	copy(msg[unsafe.Sizeof(typ):], data)
	return msgsnd(id, &msg[0], len(data), flags)
}

// Msgrcv is msgrcv(2): it receives the first message of type typ, of any type for 0, of the lowest type up to -typ
// for less. n is the bytes stored in data, got is the message's type. One that is longer than data stays, E2BIG,
// unless flags have MSG_NOERROR. On 386, mips, mipsle, ppc, ppc64, ppc64le, s390x and sparc64: Linux 5.1.
func Msgrcv(id int, data []byte, typ, flags int) (n, got int, err error) {
	msg := make([]byte, unsafe.Sizeof(typ)+uintptr(len(data)))
	n, err = msgrcv(id, &msg[0], len(data), typ, flags)
	if err != nil {
		return -1, 0, err
	}
	copy(data, msg[unsafe.Sizeof(typ):][:n])
	return n, *(*int)(unsafe.Pointer(&msg[0])), nil
}

// Msgctl is msgctl(2) for the commands IPC_STAT, IPC_SET, IPC_RMID, MSG_STAT and MSG_STAT_ANY; desc is nil for
// IPC_RMID. Times of 32-bit architectures are in two halves. result is the id of a queue for the MSG_ commands, whose
// id is an index.
func Msgctl(id, cmd int, desc *Msqid_ds) (result int, err error) {
	if desc == nil && cmd != IPC_RMID {
		return -1, EFAULT
	}
	return msgctl(id, ipcCommand(cmd), unsafe.Pointer(desc))
}

// MsgctlInfo is msgctl(2) for the commands IPC_INFO and MSG_INFO: the limits of queues and, by the latter, what is in
// use. last is the highest index of a queue.
func MsgctlInfo(cmd int, info *Msginfo) (last int, err error) {
	if cmd != IPC_INFO && cmd != MSG_INFO {
		return -1, EINVAL
	}
	return msgctl(0, ipcCommand(cmd), unsafe.Pointer(info))
}

// Semop is semop(2): it does all operations on a set of semaphores at once, when all can be done.
// On 32-bit architectures, ppc64, ppc64le, s390x and sparc64: Linux 5.1.
func Semop(id int, sops []Sembuf) error { return Semtimedop(id, sops, nil) }

// Semctl is semctl(2) for the commands whose argument, if they have one, is a number: SETVAL, GETVAL, GETPID,
// GETNCNT, GETZCNT and IPC_RMID. On 386, mips, mipsle, ppc, ppc64, ppc64le, s390x and sparc64: Linux 5.1.
func Semctl(id, num, cmd, value int) (result int, err error) {
	switch cmd {
	case SETVAL, GETVAL, GETPID, GETNCNT, GETZCNT, IPC_RMID:
	default:
		return -1, EINVAL
	}
	arg := uintptr(value)
	if littleEndian := binary.NativeEndian.Uint16([]byte{1, 0}) == 1; !littleEndian && unsafe.Sizeof(arg) == 8 {
		arg <<= 32 % (8 * unsafe.Sizeof(arg)) // an int that is passed in a union
	}
	return semctl(id, num, ipcCommand(cmd), arg)
}

// SemctlDesc is semctl(2) for the commands IPC_STAT, IPC_SET, SEM_STAT and SEM_STAT_ANY. Times of 32-bit
// architectures are in two halves. result is the id of a set for the SEM_ commands, whose id is an index.
func SemctlDesc(id, cmd int, desc *Semid_ds) (result int, err error) {
	switch cmd {
	case IPC_STAT, IPC_SET, SEM_STAT, SEM_STAT_ANY:
		return semctlPtr(id, 0, ipcCommand(cmd), unsafe.Pointer(desc))
	}
	return -1, EINVAL
}

// SemctlAll is semctl(2) for the commands GETALL and SETALL: the values of all semaphores of a set that the caller
// may read. There must be as many values as there are semaphores, else EINVAL.
func SemctlAll(id, cmd int, values []uint16) error {
	if cmd != GETALL && cmd != SETALL {
		return EINVAL
	}
	var desc Semid_ds // of an id that is used again the number differs, and so would the id
	if _, err := SemctlDesc(id, IPC_STAT, &desc); err != nil {
		return err
	}
	if len(values) != int(desc.Nsems) {
		return EINVAL
	}
	_, err := semctlPtr(id, 0, ipcCommand(cmd), unsafe.Pointer(unsafe.SliceData(values)))
	return err
}

// SemctlInfo is semctl(2) for the commands IPC_INFO and SEM_INFO: the limits of semaphores and, by the latter, what
// is in use. last is the highest index of a set.
func SemctlInfo(cmd int, info *Seminfo) (last int, err error) {
	if cmd != IPC_INFO && cmd != SEM_INFO {
		return -1, EINVAL
	}
	return semctlPtr(0, 0, ipcCommand(cmd), unsafe.Pointer(info))
}
