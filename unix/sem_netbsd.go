package unix

import "unsafe"

// SemctlInt is semctl(2) for the commands that take a number or none: GETVAL, SETVAL, GETNCNT, GETPID, GETZCNT,
// IPC_RMID. value is what SETVAL sets semaphore num of id to.
func SemctlInt(id, num, cmd, value int) (int, error) {
	arg := uintptr(value) // the call takes the address of a union of an int and addresses
	return semctl(id, num, cmd, unsafe.Pointer(&arg))
}
