# shellcheck shell=bash
# ./unroll lesson
#
# The list comes from the sources, so that nothing has to be built for it: among the first lines of
# lessons/NN_name.cpp stands one like
#   // Lesson 02 · Text generation · about 2 minutes

help_lesson() {
  cat <<'END'
./unroll lesson                 list the lessons with the time they take
./unroll lesson N [options]     build lesson N and run it: 2, 02 or text_generation
./unroll lesson N --help        the options of that lesson

The lesson runs where you stand: paths in its options are relative to the current folder, and so
is its default output folder, out/NN_name. Ctrl-C finishes the step, saves, and says how to go on.
END
}

verb_lesson() {
  local name preset
  if [ $# -eq 0 ]; then
    echo 'Lessons:'
    list_lessons
    printf '\nRun one with  ./unroll lesson 2  and see its options with  ./unroll lesson 2 --help\n'
    return
  fi
  name=$(find_lesson "$1")
  if [ -z "$name" ]; then
    say "unroll: there is no lesson '$1'; there are:"
    list_lessons >&2
    exit 2
  fi
  shift
  require build
  preset=$(preset) || exit
  build "$preset" "lesson_$name"
  exec "$ROOT/build/$preset/lessons/$name" "$@"
}

list_lessons() {
  local file name about title
  for file in "$ROOT"/lessons/[0-9][0-9]_*.cpp; do
    name=$(basename "$file" .cpp)
    # "Text generation · about 2 minutes"
    about=$(sed -n '1,20s/^\/\/ *Lesson 0*[0-9]* *· *\(.*[^ ]\) *$/\1/p' "$file")
    title=${about%% · *}
    [ -n "$title" ] || title=${name#*_}
    # printf would count bytes, and a title may hold more than ASCII.
    printf '  %2d  %s%*s%s\n' "$((10#${name%%_*}))" "$title" \
      "$((${#title} < 32 ? 32 - ${#title} : 1))" '' "${about#"$title"}" | sed 's/ · /  /'
  done
}

# find_lesson WISH: prints the name, 02_text_generation, of the lesson that is meant.
find_lesson() {
  local file name number
  for file in "$ROOT"/lessons/[0-9][0-9]_*.cpp; do
    name=$(basename "$file" .cpp)
    number=${name%%_*}
    case $1 in
      "$name" | "${name#*_}" | "$number" | "${number#0}") echo "$name" ;;
    esac
  done
}
