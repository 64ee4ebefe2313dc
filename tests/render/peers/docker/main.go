// Reads as the docker CLI does, and prints what it found as one JSON object:
// a file of `docker run --env-file`, or, after the word build-arg, the values of `docker build --build-arg`.
package main

import (
	"encoding/json"
	"log"
	"os"

	"github.com/docker/cli/opts"
	"github.com/docker/cli/pkg/kvfile"
)

func main() {
	pairs := os.Args[2:]
	if os.Args[1] != "build-arg" {
		var err error
		if pairs, err = kvfile.Parse(os.Args[1], nil); err != nil {
			log.Fatal(err)
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(opts.ConvertKVStringsToMap(pairs)); err != nil {
		log.Fatal(err)
	}
}
