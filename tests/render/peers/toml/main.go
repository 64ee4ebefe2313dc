// Reads TOML with a second reader than Python's own, and prints it as JSON.
package main

import (
	"encoding/json"
	"log"
	"os"

	"github.com/BurntSushi/toml"
)

func main() {
	var found map[string]any
	if _, err := toml.DecodeFile(os.Args[1], &found); err != nil {
		log.Fatal(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(found); err != nil {
		log.Fatal(err)
	}
}
