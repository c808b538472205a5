package unix

// SysvShmCtl is shmctl(2).
func SysvShmCtl(id, cmd int, desc *SysvShmDesc) (result int, err error) {
	return shmctl(id, ipcCommand(cmd), desc)
}
