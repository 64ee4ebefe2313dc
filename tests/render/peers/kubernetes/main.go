// Decodes the manifest of a Secret as kubectl and the API server do, strictly, holds it against their rules for names and
// size, and prints it as JSON.
package main

import (
	"encoding/json"
	"log"
	"os"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/runtime"
	serializer "k8s.io/apimachinery/pkg/runtime/serializer/json"
	names "k8s.io/apimachinery/pkg/util/validation"
)

func main() {
	manifest, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	scheme := runtime.NewScheme()
	if err := v1.AddToScheme(scheme); err != nil {
		log.Fatal(err)
	}
	decoder := serializer.NewSerializerWithOptions(
		serializer.DefaultMetaFactory, scheme, scheme, serializer.SerializerOptions{Yaml: true, Strict: true})
	object, _, err := decoder.Decode(manifest, nil, nil)
	if err != nil {
		log.Fatal(err)
	}
	secret := object.(*v1.Secret)
	check(secret)
	if err := json.NewEncoder(os.Stdout).Encode(secret); err != nil {
		log.Fatal(err)
	}
}

// The part of ValidateSecret (pkg/apis/core/validation, which is no library) that concerns us.
func check(secret *v1.Secret) {
	problems := validation.NameIsDNSSubdomain(secret.Name, false)
	if secret.Namespace != "" {
		problems = append(problems, validation.ValidateNamespaceName(secret.Namespace, false)...)
	}
	size := 0
	for key, value := range secret.Data {
		problems = append(problems, names.IsConfigMapKey(key)...)
		size += len(value)
	}
	if size > v1.MaxSecretSize {
		problems = append(problems, "too long")
	}
	if len(problems) > 0 {
		log.Fatal(problems)
	}
}
