package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/sirupsen/logrus"
)

type composeRequest struct {
	identity
	// Directory is the project directory, as --project-directory is. Without it, it is that of the first file.
	// Without files, it is the folder that the command is run in.
	Directory string `json:"directory"`
	// Files are absolute. Without any, those with the default names are looked for.
	Files []string `json:"files"`
	// EnvFiles are relative to Directory. Without any, the .env of the project is read where there is one.
	EnvFiles []string `json:"env_files"`
	Profiles []string `json:"profiles"`
	// Environment stands for that of the shell.
	Environment map[string]string `json:"environment"`

	AllProfiles bool `json:"all_profiles"`
	// AllResources keeps networks, volumes, configs and secrets that no active service uses.
	AllResources    bool `json:"all_resources"`
	SkipConsistency bool `json:"skip_consistency"`
	// SkipEnvironmentFiles leaves the env_file of services alone instead of reading them into their environment.
	SkipEnvironmentFiles bool `json:"skip_environment_files"`
}

type composeReply struct {
	identity
	Project json.RawMessage `json:"project"`
	// Disabled names the services whose profiles are not active. They are not in Project.
	Disabled []string `json:"disabled"`
	// EnvironmentFilesMissing names what SkipEnvironmentFiles has saved from being an error.
	EnvironmentFilesMissing []string `json:"environment_files_missing,omitempty"`
}

// compose answers what `docker compose config --format json` would print, except that "$" is not doubled.
//
// Include and extends from git or a registry are read as local paths, so they fail.
func compose(request composeRequest) (composeReply, error) {
	// Every unset variable and every `version` is warned about.
	logrus.SetOutput(io.Discard)

	if err := enter(request); err != nil {
		return composeReply{}, err
	}
	options, err := projectOptions(request)
	if err != nil {
		return composeReply{}, err
	}
	project, err := loadNamed(options)
	if err != nil {
		return composeReply{}, err
	}
	if !request.AllResources {
		project = project.WithoutUnnecessaryResources()
	}
	if !request.SkipConsistency {
		if err := project.CheckContainerNameUnicity(); err != nil {
			return composeReply{}, err
		}
	}

	text, err := project.MarshalJSON()
	if err != nil {
		return composeReply{}, err
	}
	return composeReply{
		identity: request.identity,
		Project:  text,
		// An empty list, not null, where there are none.
		Disabled:                append([]string{}, project.DisabledServiceNames()...),
		EnvironmentFilesMissing: missingEnvironmentFiles(project),
	}, nil
}

// enter makes the process what it would be had the command been run from a shell in that folder with that
// environment: the library asks the process for both (HOME, COMPOSE_DISABLE_ENV_FILE, relative paths). Requests are
// answered one after the other, so they do not meet.
func enter(request composeRequest) error {
	directory := request.Directory
	if directory == "" && len(request.Files) > 0 {
		directory = filepath.Dir(request.Files[0])
	}
	if !filepath.IsAbs(directory) {
		return fmt.Errorf("request: directory %q is not absolute", directory)
	}
	if err := os.Chdir(directory); err != nil {
		return err
	}
	os.Clearenv()
	// Docker sees to it that PWD is there, and many volumes are written with it.
	if err := os.Setenv("PWD", directory); err != nil {
		return err
	}
	for name, value := range request.Environment {
		if err := os.Setenv(name, value); err != nil {
			return fmt.Errorf("request: environment %q: %w", name, err)
		}
	}
	return nil
}

// projectOptions are those of Docker Compose 5.7: toProjectOptionsFns in cmd/compose/config.go, then
// buildProjectOptions of its project loader. Env files are read twice there too: the first may name the Compose file,
// which decides on the folder of the second.
func projectOptions(request composeRequest) (*cli.ProjectOptions, error) {
	profiles := request.Profiles
	if request.AllProfiles {
		profiles = []string{"*"}
	}
	options := []cli.ProjectOptionsFn{
		cli.WithInterpolation(true),
		cli.WithResolvedPaths(true),
		cli.WithNormalization(true),
		cli.WithConsistency(!request.SkipConsistency),
		cli.WithDiscardEnvFile,
	}
	if request.SkipEnvironmentFiles {
		options = append(options, cli.WithoutEnvironmentResolution)
	}
	// Where the files are looked for, the project directory is where they are found: a parent folder counts.
	if len(request.Files) > 0 {
		options = append(options, cli.WithWorkingDirectory(request.Directory))
	}
	options = append(options,
		cli.WithOsEnv,
		cli.WithEnvFiles(request.EnvFiles...),
		cli.WithDotEnv,
		cli.WithConfigFileEnv,
		cli.WithDefaultConfigPath,
		cli.WithEnvFiles(request.EnvFiles...),
		cli.WithDotEnv,
		cli.WithDefaultProfiles(profiles...),
	)
	return cli.NewProjectOptions(request.Files, options...)
}

// loadNamed gives a project a name where neither the files nor the folder have one. Docker asks for -p then, but what
// the files say does not depend on it.
func loadNamed(options *cli.ProjectOptions) (*types.Project, error) {
	project, err := options.LoadProject(context.Background())
	// The library has no error value for it.
	if err != nil && err.Error() == "project name must not be empty" {
		options.Name = "project"
		return options.LoadProject(context.Background())
	}
	return project, err
}

// missingEnvironmentFiles finds nothing where env files have been read: they are no longer in the project then.
func missingEnvironmentFiles(project *types.Project) []string {
	var missing []string
	for _, service := range project.Services {
		for _, file := range service.EnvFiles {
			if _, err := os.Stat(file.Path); bool(file.Required) && errors.Is(err, os.ErrNotExist) {
				missing = append(missing, file.Path)
			}
		}
	}
	slices.Sort(missing)
	return slices.Compact(missing)
}
