-- An expression: how and where, of a row `plan` of enrolment_plan: 'manual in course 2A'.
plan.method || ' in course ' || coalesce((SELECT shortname FROM {moodle.course} WHERE id = plan.course_id), plan.course_id::text)
