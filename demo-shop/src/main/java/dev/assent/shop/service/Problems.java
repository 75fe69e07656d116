package dev.assent.shop.service;

import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;

/** Problems as answers, alike in every service. */
@RestControllerAdvice
public class Problems {

    /** Problem JSON; {@code more} are members of its own. */
    public static ResponseEntity<ProblemDetail> answer(
            HttpStatus status, String cause, String remedy, Map<String, Object> more) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, cause);
        problem.setProperty("cause", cause);
        problem.setProperty("remedy", remedy);
        more.forEach(problem::setProperty);
        return ResponseEntity.status(status)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(problem);
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> told(Problem problem) {
        return answer(problem.status(), problem.reason(), problem.remedy(), Map.of());
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> unreadable(HttpMessageNotReadableException unreadable) {
        return answer(
                HttpStatus.BAD_REQUEST,
                "the body cannot be read as JSON of this request",
                "send application/json with the members that the interface names",
                Map.of());
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> mistyped(MethodArgumentTypeMismatchException mistyped) {
        return answer(
                HttpStatus.BAD_REQUEST,
                mistyped.getName() + " is '" + mistyped.getValue() + "', which cannot be read",
                "an order's id is a UUID, a limit a number",
                Map.of());
    }
}
