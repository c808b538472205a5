package unix

//sys	riscvHWProbe(pairs []RISCVHWProbePairs, cpusetSize uintptr, set *CPUSet, flags uint) (err error) = SYS_RISCV_HWPROBE
