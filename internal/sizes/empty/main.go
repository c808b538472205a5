// Program empty is what the others are without their package.
package main

import "fmt"

func main() {
	fmt.Println()
}
