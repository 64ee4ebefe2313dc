// A provider for Terraform and OpenTofu as small as can be: one resource with a write-only argument and its version, as those of
// clouds have them. It writes the value to a file, one line for each time that it was asked to, so a test sees when that was.
package main

import (
	"context"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

type kept struct{}

func (kept) Metadata(_ context.Context, _ provider.MetadataRequest, answer *provider.MetadataResponse) {
	answer.TypeName = "kept"
}
func (kept) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse)          {}
func (kept) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}
func (kept) DataSources(context.Context) []func() datasource.DataSource                        { return nil }
func (kept) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return secret{} }}
}

type secret struct{}

type arguments struct {
	Path    types.String `tfsdk:"path"`
	Value   types.String `tfsdk:"value_wo"`
	Version types.Int64  `tfsdk:"value_wo_version"`
}

func (secret) Metadata(_ context.Context, _ resource.MetadataRequest, answer *resource.MetadataResponse) {
	answer.TypeName = "kept_secret"
}

func (secret) Schema(_ context.Context, _ resource.SchemaRequest, answer *resource.SchemaResponse) {
	answer.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"path":             schema.StringAttribute{Required: true},
		"value_wo":         schema.StringAttribute{Required: true, WriteOnly: true},
		"value_wo_version": schema.Int64Attribute{Required: true},
	}}
}

// write adds the value to the file. A write-only argument is in the configuration alone: plan and state have null.
func write(ctx context.Context, config tfsdk.Config, state *tfsdk.State, problems *diag.Diagnostics) {
	var given arguments
	if problems.Append(config.Get(ctx, &given)...); problems.HasError() {
		return
	}
	file, err := os.OpenFile(given.Path.ValueString(), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = file.WriteString(given.Value.ValueString() + "\n")
		file.Close()
	}
	if err != nil {
		problems.AddError("the file cannot be written", err.Error())
		return
	}
	given.Value = types.StringNull()
	problems.Append(state.Set(ctx, &given)...)
}

func (secret) Create(ctx context.Context, asked resource.CreateRequest, answer *resource.CreateResponse) {
	write(ctx, asked.Config, &answer.State, &answer.Diagnostics)
}

func (secret) Update(ctx context.Context, asked resource.UpdateRequest, answer *resource.UpdateResponse) {
	write(ctx, asked.Config, &answer.State, &answer.Diagnostics)
}

func (secret) Read(context.Context, resource.ReadRequest, *resource.ReadResponse)       {}
func (secret) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}

func main() {
	address := providerserver.ServeOpts{Address: "registry.terraform.io/example/kept"}
	if err := providerserver.Serve(context.Background(), func() provider.Provider { return kept{} }, address); err != nil {
		os.Exit(1)
	}
}
